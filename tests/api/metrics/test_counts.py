"""Requests are counted by route, and there are only so many rows whatever is asked."""

import threading

from prometheus_client import REGISTRY

from vidsort.api.metrics.counts import RequestCounts, WebhookCounts


def samples(counts: RequestCounts | WebhookCounts) -> dict[tuple, float]:
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for collector in counts.collectors for metric in collector.collect() for sample in metric.samples
    }


def test_each_request_counts_in_its_row_and_its_time_in_its_bucket():
    counts = RequestCounts()
    counts.count("/api/videos", "GET", 200, 0.004)
    counts.count("/api/videos", "GET", 200, 0.3)
    counts.count("/api/videos", "GET", 404, 0.002)
    found = samples(counts)
    assert found["vidsort_http_requests_total", "GET", "/api/videos", "200"] == 2
    assert found["vidsort_http_requests_total", "GET", "/api/videos", "404"] == 1
    name = "vidsort_http_request_duration_seconds"
    assert found[f"{name}_count", "GET", "/api/videos"] == 3
    assert (found[f"{name}_bucket", "0.005", "GET", "/api/videos"], found[f"{name}_bucket", "0.5", "GET", "/api/videos"]
            ) == (2, 3)


def test_methods_that_are_none_are_one_row():
    counts = RequestCounts()
    for number in range(50):
        counts.count("none", f"METHOD{number}", 405, 0.001)
    assert {key[1:] for key in samples(counts) if key[0] == "vidsort_http_requests_total"} == {("other", "none", "405")}


def test_nothing_is_lost_between_threads():
    counts = RequestCounts()

    def count() -> None:
        for _ in range(500):
            counts.count("/api/videos", "GET", 200, 0.001)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert samples(counts)["vidsort_http_requests_total", "GET", "/api/videos", "200"] == 4000


def test_two_of_them_know_nothing_of_each_other_nor_does_the_common_registry():
    counts, other = RequestCounts(), RequestCounts()
    counts.count("/api/videos", "GET", 200, 0.001)
    assert samples(other) == {}
    assert not [metric for metric in REGISTRY.collect() if metric.name.startswith("vidsort")]


def test_messages_to_webhooks_count_by_what_came_of_them():
    counts = WebhookCounts()
    for outcome in ("sent", "sent", "failed"):
        counts.count(outcome)
    found = samples(counts)
    name = "vidsort_webhook_messages_total"
    assert (found[name, "sent"], found[name, "failed"], found.get((name, "dropped"))) == (2, 1, None)
