"""One file gets another place, whole or not at all, by one at a time; nothing is ever overwritten."""
