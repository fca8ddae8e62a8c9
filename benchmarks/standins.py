"""The partners' stand-ins in a process of their own, and what they saw."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.contenders import RECEIVER
from benchmarks.processes import Child
from sandbox.control.client import SandboxControl
from sandbox.partners.ingram.receiver import Delivery

#: Requests worth counting, by the stand-ins' names for their routes.
KINDS = {
    "polls": "westcon.order_status",
    "links": "deck.link",
    "notifications": f"receiver.{RECEIVER}",
    "tokens": "token.microsoft",
}
LISTENS = "sandbox listening on "


class StandIns:
    """What the partners saw; the only witness of what a contender did."""

    def __init__(self, url: str, process: Child) -> None:
        self.url = url
        self._process = process
        self._control = SandboxControl(url)
        self._served = 0

    def cpu_seconds(self) -> float:
        """User and system time of their process so far."""
        return self._process.cpu_seconds()

    def calls(self) -> dict[str, int]:
        """Requests so far, by kind."""
        counts = self._control.journal.counts()
        return {kind: counts.get(route, 0) for kind, route in KINDS.items()}

    def calls_since(self, before: Mapping[str, int]) -> dict[str, int]:
        return {kind: count - before[kind] for kind, count in self.calls().items()}

    def served(self, orders: Sequence[str]) -> bool:
        """Whether every order is linked and notified; asked again until it is.

        Raises:
            RuntimeError: a notification was wrongly signed.
        """
        calls = self.calls()
        wanted = self._served + len(orders)
        if min(calls["links"], calls["notifications"]) < wanted:
            # Counting is cheap; reading what arrived would slow the stand-ins.
            return False
        complete = self._both().issuperset(orders)
        self._served = wanted if complete else self._served
        return complete

    def arrivals(self) -> dict[str, Delivery]:
        """Each order's first notification that its receiver acted on.

        Raises:
            RuntimeError: a notification was wrongly signed.
        """
        found: dict[str, Delivery] = {}
        for delivery in self._control.deliveries(RECEIVER):
            if not delivery.verified:
                raise RuntimeError(f"{RECEIVER} refused one: {delivery.reason}")
            if delivery.accepted and not delivery.duplicate:
                found.setdefault(delivery.order_number, delivery)
        return found

    def links(self) -> tuple[tuple[str, float], ...]:
        """Every link that was made: its order, and the moment in UTC seconds."""
        history = self._control.links.history()
        return tuple((link.order, link.at_ms / 1_000) for link in history)

    def notifications(self) -> tuple[Delivery, ...]:
        """Every notification that the receiver acted on or knew already."""
        found = self._control.deliveries(RECEIVER)
        return tuple(delivery for delivery in found if delivery.accepted)

    def last_call(self, orders: Sequence[str]) -> float:
        """When the last of these orders was linked or notified, in UTC seconds."""
        arrivals = self.arrivals()
        links = {link.order: link.at_ms for link in self._control.links.history()}
        last = max(max(arrivals[order].at_ms, links[order]) for order in orders)
        return last / 1_000

    def linked(self) -> set[str]:
        """Orders that are linked at DECK."""
        return set(self._control.links.customers())

    def _both(self) -> set[str]:
        return self.arrivals().keys() & self.linked()


@contextmanager
def serving(folder: Path, delay: float) -> Iterator[StandIns]:
    """Run the stand-ins; each partner's answer takes so many seconds.

    Raises:
        RuntimeError: they did not start.
    """
    command = f"-m sandbox --port 0 --auto INV --delay {delay}".split()
    child = Child([sys.executable, *command], folder / "sandbox.log", {})
    try:
        line = child.line_with(LISTENS, seconds=20.0)
        yield StandIns(line.partition(LISTENS)[2], child)
    finally:
        child.stop()
