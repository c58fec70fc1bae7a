"""Ways to run a step: as a program, as a child process of a retrain, as a notebook."""
