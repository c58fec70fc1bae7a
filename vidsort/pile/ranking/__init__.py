"""Orders for which the pile is looked at as a whole: what teaches most, and from like to like."""
