"""Which videos show the same thing: edits of one another, in sets, and never on both sides of a split."""

from .groups import near_duplicates
from .kept import LinkedLibrary, links_now
from .sets import joined, set_id, sets_of, subjects, without

__all__ = ["LinkedLibrary", "joined", "links_now", "near_duplicates", "set_id", "sets_of", "subjects", "without"]
