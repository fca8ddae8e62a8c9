"""Prometheus metrics of the door: one registry per process, labels bounded."""

from prometheus_client import CollectorRegistry, Counter, Histogram

#: Seconds of a request: a batch that Redis takes at once, to one that waits for it.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0)


class DoorMetrics:
    """What one process of the door counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "waybill_http_requests",
            "Requests to `waybill serve`, by route and status",
            ["route", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "waybill_http_request_seconds",
            "Seconds of requests to `waybill serve`, by route",
            ["route"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.events = Counter(
            "waybill_http_events",
            "Events posted to `waybill serve`, by what became of them: added, again"
            " (known already), refused, conflict",
            ["verdict"],
            registry=self.registry,
        )
