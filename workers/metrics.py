"""What a worker counts, for Prometheus; one registry per process."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

#: Seconds of a call: from a local stand-in's milliseconds to the deadline.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0)


class Metrics:
    """All metrics of one worker process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.events = Counter(
            "waybill_events",
            "Events of the stream, by what became of them",
            ["verdict"],
            registry=self.registry,
        )
        self.outcomes = Counter(
            "waybill_outcomes",
            "Tries that ended, by destination and outcome",
            ["destination", "outcome"],
            registry=self.registry,
        )
        self.call_seconds = Histogram(
            "waybill_call_seconds",
            "Seconds of calls to partners, answered or not",
            ["destination"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.unknown_statuses = Counter(
            "waybill_unknown_statuses",
            "Lines with a status code that WAYBILL_WESTCON__STATUSES does not have",
            ["status"],
            registry=self.registry,
        )
        self.hints = Counter(
            "waybill_hints",
            "Hints that this worker has worked on, by task",
            ["task"],
            registry=self.registry,
        )
        self.step_turns = Counter(
            "waybill_step_turns",
            "Turns of the steps' loops; one that stands still is stuck",
            ["step"],
            registry=self.registry,
        )
        self.ambiguous = Gauge(
            "waybill_delivery_ambiguous_total",
            "Sends of which nobody knows whether they arrived; counted in the ledger",
            registry=self.registry,
        )
        self.due = Gauge(
            "waybill_items_due",
            "Items of a destination that wait, now or for their moment",
            ["destination"],
            registry=self.registry,
        )
        self.leased = Gauge(
            "waybill_items_leased",
            "Items of a destination that a worker holds",
            ["destination"],
            registry=self.registry,
        )
        self.overdue = Gauge(
            "waybill_oldest_due_seconds",
            "How long a destination's oldest due item has been waiting",
            ["destination"],
            registry=self.registry,
        )
        self.disabled = Gauge(
            "waybill_destination_disabled",
            "1 for a destination to which nothing is sent until it is enabled",
            ["destination"],
            registry=self.registry,
        )
        self.gate_closed = Gauge(
            "waybill_gate_closed_seconds",
            "Seconds for which a destination will not be called: its breaker, a"
            " Retry-After, a spent quota or refused access",
            ["destination"],
            registry=self.registry,
        )
        self.dead = Gauge(
            "waybill_dead_letters", "Dead letters that wait", registry=self.registry
        )
        self.pending = Gauge(
            "waybill_events_pending",
            "Events that were handed out and are not admitted yet",
            registry=self.registry,
        )
        self.stream = Gauge(
            "waybill_stream_length", "Entries in the stream", registry=self.registry
        )
