"""Copies of all that cannot be made again, whole or not there at all, and how they are put back."""
