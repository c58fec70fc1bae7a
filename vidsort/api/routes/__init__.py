"""The documented routes and their additions, a module a subject, without logic of their own."""

from .register import add_routes
from .roles import EVERYBODY, ROLES

__all__ = ["EVERYBODY", "ROLES", "add_routes"]
