"""How the server is, in numbers that Prometheus reads: what it counts itself, and what its library and journal know."""

from .metrics import Metrics

__all__ = ["Metrics"]
