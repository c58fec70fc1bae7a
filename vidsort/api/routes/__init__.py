"""The documented routes and their additions, a module a subject, without logic of their own."""

from .register import add_routes

__all__ = ["add_routes"]
