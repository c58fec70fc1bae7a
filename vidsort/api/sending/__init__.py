"""Files sent in parts: what a request asks of one, read without waiting where that is in memory, open for a moment."""

from .answer import file_answer
from .kept import Kept, View
from .opened import Opened
from .version import is_known

__all__ = ["Kept", "Opened", "View", "file_answer", "is_known"]
