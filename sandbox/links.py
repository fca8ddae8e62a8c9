"""Which customer each DECK order belongs to, and how that came about."""

import time
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class Link:
    """One link that was made; `format` is json, xml or form."""

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

    def link(self, order: str, customer: str, form: str) -> None:
        """Give an order to a customer."""
        made = Link(order, customer, form, time.time_ns() // 1_000_000)
        with self._lock:
            self._history.append(made)
            self._customers[order] = customer

    def customer(self, order: str) -> str | None:
        """Whose an order is; None for a guest's."""
        return self._customers.get(order)

    def customers(self) -> dict[str, str]:
        """The customer of each linked order."""
        with self._lock:
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
