"""All that `GET /metrics` tells, in registries of its own."""

import importlib

from ..workspace import Workspace
from .counts import RequestCounts, WebhookCounts
from .known import Known
from .shared import Shared

LOADED = ("prometheus_client.core", "prometheus_client.multiprocess")


class Metrics:
    """What a server counts of its requests, and what it knows when it is asked; safe to use from any thread."""

    def __init__(self, workspace: Workspace) -> None:
        # Before anything of Prometheus's is imported, which decides then where it counts.
        self._shared = Shared(workspace.database.path.parent)
        # Two threads that import the same modules at once may lock each other out: no request does.
        for name in LOADED:
            importlib.import_module(name)
        self.requests, self.webhooks = RequestCounts(), WebhookCounts()
        self._known = Known(workspace)

    def text(self) -> bytes:
        """All of it in Prometheus's text format; raises VidsortError where the database or the disk cannot be read."""
        from prometheus_client import CollectorRegistry, generate_latest

        registry = CollectorRegistry()
        self._shared.register(registry, (*self.requests.collectors, *self.webhooks.collectors))
        registry.register(self._known)
        return generate_latest(registry)

    def close(self) -> None:
        """Leave the processes that this one counts together with."""
        self._shared.close()
