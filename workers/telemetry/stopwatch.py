"""Stopwatch of calls, in seconds by destination; logs what cannot be noted."""

import re
import time
from collections.abc import Callable
from typing import TypeVar

import structlog

from tasks.execution.attempt import caught
from workers.dispatch.call_times import CallTimes
from workers.telemetry.metrics import Metrics

log = structlog.get_logger()


def unnoted(what: str, error: Exception) -> None:
    """Log it, by the error's class alone: its text may hold anything.

    Args:
        what: could not be noted ("gate", "endpoint", "measure").
        error: why.
    """
    name = type(error).__name__
    # A log that cannot be written either must not undo the call.
    caught(lambda: log.error("not_noted", what=what, error=name))


T = TypeVar("T")

#: The set of codes is Westcon's; a metric's labels must not grow with garbage.
MOST_CODES = 50

#: What may be a code; any other text is somebody's words, which are not for labels.
_CODE = re.compile(r"[A-Za-z0-9]{0,8}")

_NOT_KNOWN = (
    "WAYBILL_WESTCON__STATUSES does not have it: lines keep it, and count as not final"
)


class Stopwatch:
    """Measures calls, answered or not."""

    def __init__(self, metrics: Metrics, call_times: CallTimes) -> None:
        self._metrics = metrics
        self._call_times = call_times
        self._codes: set[str] = set()

    def time(self, destination: str, call: Callable[[], T]) -> T:
        """The call's answer; a figure that cannot be kept does not undo it."""
        started = time.perf_counter()
        try:
            return call()
        finally:
            seconds = time.perf_counter() - started
            failure = caught(lambda: self._keep(destination, seconds))
            if isinstance(failure, Exception):
                unnoted("measure", failure)

    def _keep(self, destination: str, seconds: float) -> None:
        self._call_times.record(destination, seconds)
        label = self._metrics.labels.of(destination)
        self._metrics.call_seconds.labels(label).observe(seconds)

    def asked_for(self, destination: str, orders: int) -> None:
        """Keep how many orders a call asks for."""
        label = self._metrics.labels.of(destination)
        self._metrics.orders_per_call.labels(label).observe(orders)

    def unknown_status(self, status: str) -> None:
        """Count a code that the settings' table does not have; the first is logged."""
        code = (status if _CODE.fullmatch(status) else "(other)") or "(none)"
        if code not in self._codes and len(self._codes) == MOST_CODES:
            code = "(other)"
        elif code not in self._codes:
            self._codes.add(code)
            log.warning("status_not_known", status=code, why=_NOT_KNOWN)
        self._metrics.unknown_statuses.labels(code).inc()

    def unread(self, partner: str, field: str) -> None:
        """Count a value that no rule reads."""
        self._metrics.unreadable_values.labels(partner, field).inc()
