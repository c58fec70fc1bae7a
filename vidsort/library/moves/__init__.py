"""The only code that changes a library: journaled, never overwriting, undone and redone step by step."""

from .mover import Mover, Outcome

__all__ = ["Mover", "Outcome"]
