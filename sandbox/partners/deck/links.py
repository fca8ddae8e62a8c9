"""Store of DECK orders' customers, with the history of their links."""

import time
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class Link:
    """One link that was made; `format` is json, xml or form, `at_ms` may be to come."""

    order: str
    customer: str
    format: str
    at_ms: int


class Links:
    """Thread-safe; the latest link of an order wins."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._history: list[Link] = []
        self._customers: dict[str, str] = {}
        self._queued: list[Link] = []

    def link(self, order: str, customer: str, form: str, after: float = 0.0) -> None:
        """Give an order to a customer, at once or after so many seconds."""
        made = Link(order, customer, form, _now_ms() + int(after * 1_000))
        with self._lock:
            self._history.append(made)
            self._queued.append(made)
            self._settle(made.at_ms if not after else _now_ms())

    def customer(self, order: str) -> str | None:
        """Whose an order is; None for a guest's."""
        with self._lock:
            self._settle(_now_ms())
            return self._customers.get(order)

    def customers(self) -> dict[str, str]:
        """The customer of each linked order."""
        with self._lock:
            self._settle(_now_ms())
            return dict(self._customers)

    def history(self, order: str | None = None) -> tuple[Link, ...]:
        """Every link of an order, or of all, in the order of their making."""
        with self._lock:
            return tuple(one for one in self._history if order in {None, one.order})

    def clear(self) -> None:
        """Make every order a guest's again."""
        with self._lock:
            self._history.clear()
            self._customers.clear()
            self._queued.clear()

    def _settle(self, now: int) -> None:
        """Make the links whose time has come, in the order of their times."""
        come = [link for link in self._queued if link.at_ms <= now]
        if come:
            self._queued = [link for link in self._queued if link.at_ms > now]
            come.sort(key=lambda link: link.at_ms)
            self._customers |= {link.order: link.customer for link in come}


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
