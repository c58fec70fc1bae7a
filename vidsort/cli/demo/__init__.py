"""The demo's library: sixty short clips, drawn by arithmetic."""
