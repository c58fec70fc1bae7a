"""A running server from Python: `VidsortClient`, a method a route."""

from .client import VidsortClient
from .connection import DEFAULT_URL

__all__ = ["DEFAULT_URL", "VidsortClient"]
