"""What was moved: written down before and after, turned by undo and redo, asked about by those who follow."""

from .activity import Activity, Mark, Shift, has_history
from .journal import Journal, Noting
from .rows import OF_ONE_VIDEO, OF_VIDEOS, Direction, Entry, Fate, Intent, Sidecar

__all__ = [
    "OF_ONE_VIDEO", "OF_VIDEOS", "Activity", "Direction", "Entry", "Fate", "Intent", "Journal", "Mark", "Noting",
    "Shift", "Sidecar", "has_history",
]
