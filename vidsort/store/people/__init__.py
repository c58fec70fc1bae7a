"""What people said and did beside moving videos: what they put off, chose, found right, and have on show."""
