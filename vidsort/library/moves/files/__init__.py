"""One file gets another place, whole or not at all, also on another device; nothing is ever overwritten."""
