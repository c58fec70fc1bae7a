"""The words that go with videos, from all forms that exporters leave, as one document a video."""

from .gathering import Gathered, gather

__all__ = ["Gathered", "gather"]
