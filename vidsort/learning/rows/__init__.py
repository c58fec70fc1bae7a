"""What each kind of evidence says of videos, prepared for learning: blind to labels."""
