"""Counts of what became of attempts, and of how long events took to arrive."""

from collections.abc import Callable

from tasks.execution.report import MadeAttempt
from tasks.ledger_values import Delivery, Kind
from tasks.outcomes.outcome import Done, Outcome
from workers.telemetry.metrics import Codes, Metrics


class OutcomeCounts:
    """Keeps an attempt's end in the metrics of a process.

    Args:
        metrics: of the process.
        now_ms: UTC ms, by Redis' clock.
    """

    def __init__(self, metrics: Metrics, now_ms: Callable[[], int]) -> None:
        self._metrics = metrics
        self._now_ms = now_ms
        self._codes = Codes()

    def count(
        self, destination: str, outcome: Outcome, made: MadeAttempt | None
    ) -> None:
        """Count one outcome; `made` is None where no call was made."""
        label = self._metrics.labels.of(destination)
        word = type(outcome).__name__.lower()
        code = "" if isinstance(outcome, Done) else outcome.code
        labels = (label, word, self._codes.of(label, word, code))
        self._metrics.outcomes.labels(*labels).inc()
        item = made.of if isinstance(outcome, Done) and made is not None else None
        if isinstance(item, Delivery) and item.since_ms:
            seconds = max(0, self._now_ms() - item.since_ms) / 1000
            # A change is a notification that was still to be rendered.
            kind = Kind.LINK if item.kind is Kind.LINK else Kind.NOTIFICATION
            timed = self._metrics.delivery_seconds.labels(kind)
            timed.observe(seconds, exemplar_of(item.trace))


def exemplar_of(trace: str) -> dict[str, str] | None:
    """The trace of a traceparent, as an exemplar has it; None without one."""
    _, _, rest = trace.partition("-")
    trace_id, _, _ = rest.partition("-")
    return {"trace_id": trace_id} if trace_id else None
