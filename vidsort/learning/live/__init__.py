"""A classifier that is refitted between two key presses; pure."""
