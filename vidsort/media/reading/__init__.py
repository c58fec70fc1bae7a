"""A video file read: opened once, as little of it decoded as will do."""
