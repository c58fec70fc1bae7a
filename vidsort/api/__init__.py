"""The HTTP API: the documented routes and their additions, without logic of their own."""

from .routes import add_routes

__all__ = ["add_routes"]
