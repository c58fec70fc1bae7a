"""A running server from Python: `VidsortClient`, a method a route, and `AsyncVidsortClient`, the same awaited."""

from .client import AsyncVidsortClient, VidsortClient
from .connection import DEFAULT_URL

__all__ = ["DEFAULT_URL", "AsyncVidsortClient", "VidsortClient"]
