"""What is learned between two key presses: a child process refits the head, and every server process serves it.

Beside that: what a library is known by, written down meanwhile.
"""
