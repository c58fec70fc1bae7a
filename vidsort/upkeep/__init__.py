"""What keeps artifacts small and safe: what nothing needs goes, and copies of all that does are made and put back."""
