"""How many requests were answered, and how soon: by template of the route, so that there are only so many rows.

And what came of messages to webhooks.
"""

from typing import Any

# Of what a request may call itself; all others count as one.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
# Seconds: a key press is felt from a tenth on, and a file that is moved to another drive takes its time.
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class WebhookCounts:
    """What came of the messages to webhooks that this process had to send; safe to use from any thread."""

    def __init__(self) -> None:
        from prometheus_client import Counter

        self._messages = Counter(
            "vidsort_webhook_messages_total", "Messages to webhooks, by what came of them.", ("outcome",), registry=None
        )

    @property
    def collectors(self) -> tuple[Any, ...]:
        """What tells them where this process counts alone."""
        return (self._messages,)

    def count(self, outcome: str) -> None:
        """One more that was `sent`, `failed` for good, or was `dropped` as too many waited."""
        self._messages.labels(outcome).inc()


class RequestCounts:
    """The requests that this process has answered; safe to use from any thread."""

    def __init__(self) -> None:
        from prometheus_client import Counter, Histogram

        self._answered = Counter(
            "vidsort_http_requests_total", "Requests answered, refused ones too.", ("route", "method", "status"),
            registry=None,
        )
        self._waited_s = Histogram(
            "vidsort_http_request_duration_seconds", "From a request to the head of its answer.", ("route", "method"),
            buckets=BUCKETS_S, registry=None,
        )
        # Looking a row up by its labels takes longer than counting in it.
        self._rows: dict[tuple[str, str, int], tuple[Any, Any]] = {}

    @property
    def collectors(self) -> tuple[Any, ...]:
        """What tells them where this process counts alone."""
        return self._answered, self._waited_s

    def count(self, route: str, method: str, status: int, took_s: float) -> None:
        """One more; `route` is a template, never a path."""
        key = (route, method if method in METHODS else OTHER, status)
        rows = self._rows.get(key)
        if rows is None:
            found = self._answered.labels(*key[:2], str(status)), self._waited_s.labels(*key[:2])
            rows = self._rows.setdefault(key, found)
        rows[0].inc()
        rows[1].observe(took_s)
