"""What each kind of evidence says of videos, prepared for learning: blind to labels, but for sums and folds."""
