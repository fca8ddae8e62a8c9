"""The partners' clients, measured; notes of calls that cannot be kept are logged."""

import re
import time
from collections.abc import Callable
from typing import TypeVar

import structlog

from serializers.westcon.reply import StatusLine
from tasks.execution.attempt import caught
from tasks.planning.rules import DECK, INGRAM_PREFIX, WESTCON
from tasks.planning.statuses import NOT_AUTHENTIC, StatusTable
from tasks.services import Deck, Ingram, Westcon
from workers.dispatch.call_times import Paces
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

    def __init__(self, metrics: Metrics, paces: Paces) -> None:
        self._metrics = metrics
        self._paces = paces
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
        self._paces.record(destination, seconds)
        label = self._metrics.labels.of(destination)
        self._metrics.call_seconds.labels(label).observe(seconds)

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


class MeasuredWestcon:
    """Westcon, measured; what nobody has a meaning for is counted."""

    def __init__(self, westcon: Westcon, watch: Stopwatch, known: StatusTable) -> None:
        self._westcon = westcon
        self._watch = watch
        self._known = known

    def order_status(
        self, order_type: str, orders: tuple[str, ...]
    ) -> tuple[StatusLine, ...]:
        """See `tasks.services.Westcon`; raises PartnerError."""
        ask = self._westcon.order_status
        lines = self._watch.time(WESTCON, lambda: ask(order_type, orders))
        for line in lines:
            if line.status not in self._known and line.status != NOT_AUTHENTIC:
                self._watch.unknown_status(line.status)
            for value in line.unread:
                self._watch.unread(WESTCON, value.field)
        return lines


class MeasuredDeck:
    """DECK, measured."""

    def __init__(self, deck: Deck, watch: Stopwatch) -> None:
        self._deck = deck
        self._watch = watch

    def link(self, order_number: str, customer_id: str) -> str:
        """See `tasks.services.Deck`; raises PartnerError or DecodeError."""
        link = self._deck.link
        return self._watch.time(DECK, lambda: link(order_number, customer_id))

    def look(self, order_number: str, customer_id: str) -> str:
        """See `tasks.services.Deck`; raises PartnerError."""
        look = self._deck.look
        return self._watch.time(DECK, lambda: look(order_number, customer_id))


class MeasuredIngram:
    """The endpoints, measured one by one."""

    def __init__(self, ingram: Ingram, watch: Stopwatch) -> None:
        self._ingram = ingram
        self._watch = watch

    def notify(
        self, endpoint: str, event_id: str, body: bytes, tries: int, number: int = 0
    ) -> int:
        """See `tasks.services.Ingram`; raises PartnerError."""
        notify = self._ingram.notify
        return self._watch.time(
            INGRAM_PREFIX + endpoint,
            lambda: notify(endpoint, event_id, body, tries, number),
        )
