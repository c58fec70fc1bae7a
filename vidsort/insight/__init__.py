"""What a model and a library tell: how good, where it errs, what is alike, what to do next."""
