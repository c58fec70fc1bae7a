"""Features to a calibrated classifier and the evidence for it: pure, no file is touched but a model's own."""
