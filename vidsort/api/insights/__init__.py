"""What a model and a library tell, as the routes give it: the numbers come from `insight/`."""
