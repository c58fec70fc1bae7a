"""What turns the parts of a video into vectors, one module a modality."""
