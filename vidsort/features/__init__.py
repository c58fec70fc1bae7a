"""A video in numbers: each kind of evidence encoded once, kept by content."""
