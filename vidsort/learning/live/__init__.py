"""The head that is refitted between two key presses; pure."""
