"""A library for who works in Python: its tables and arrays, the steps, moves by the one mover, and the review page.

`opened` is also what commands work by, without a server.
"""
