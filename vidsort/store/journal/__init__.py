"""What was moved: written down before and after, turned by undo and redo, asked about by those who follow."""

from .activity import Activity, has_history
from .author import ACCOUNT, AUTHOR
from .journal import Journal, Noting
from .rows import OF_ONE_VIDEO, OF_VIDEOS, Direction, Entry, Fate, Intent, Sidecar

__all__ = [
    "ACCOUNT", "AUTHOR", "OF_ONE_VIDEO", "OF_VIDEOS", "Activity", "Direction", "Entry", "Fate", "Intent", "Journal",
    "Noting", "Sidecar", "has_history",
]
