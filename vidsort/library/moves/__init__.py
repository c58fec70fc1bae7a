"""The only code that changes a library: journaled, never overwriting, undone and redone step by step."""

from .mover import Mover
from .plans import Outcome, Wish

__all__ = ["Mover", "Outcome", "Wish"]
