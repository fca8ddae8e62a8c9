"""Queue of the faults that were ordered and are still to happen.

A request takes the first ordered fault that is meant for it, and no other.
"""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from threading import Lock

from sandbox.http.fault import Fault, Kind
from sandbox.http.message import Request

__all__ = ["Fault", "Faults", "Kind", "Ordered", "applies"]


@dataclass(frozen=True, slots=True)
class Ordered:
    """A fault in waiting: for which route, and how often yet (None: always)."""

    route: str
    fault: Fault
    times: int | None


class Faults:
    """Thread-safe, in the order in which faults were ordered."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ordered: tuple[Ordered, ...] = ()

    def order(self, route: str, fault: Fault, times: int | None = 1) -> None:
        """Let the next `times` requests of a route meet a fault.

        Args:
            route: a route's name as the journal spells it; `*` stands for any
                text ("receiver.*").
            fault: what shall happen.
            times: how often; None is until it is cleared.
        """
        with self._lock:
            self._ordered = (*self._ordered, Ordered(route, fault, times))

    def clear(self, route: str | None = None) -> None:
        """Forget what was ordered for a route, or everything."""
        with self._lock:
            kept = (one for one in self._ordered if route not in {None, one.route})
            self._ordered = tuple(kept)

    def pending(self) -> tuple[Ordered, ...]:
        """What is still to happen."""
        return self._ordered

    def take(self, route: str, request: Request) -> Fault | None:
        """The fault this request meets; it is counted as used."""
        if not self._ordered:
            return None
        with self._lock:
            for index, ordered in enumerate(self._ordered):
                if _meant(ordered, route, request):
                    self._use(index, ordered)
                    return ordered.fault
        return None

    def _use(self, index: int, ordered: Ordered) -> None:
        if ordered.times is None:
            return
        left = ordered.times - 1
        rest = (Ordered(ordered.route, ordered.fault, left),) if left else ()
        self._ordered = (*self._ordered[:index], *rest, *self._ordered[index + 1 :])


def _meant(ordered: Ordered, route: str, request: Request) -> bool:
    if not fnmatchcase(route, ordered.route):
        return False
    return not ordered.fault.only or _speaks_of(ordered.fault.only, request)


def _speaks_of(name: str, request: Request) -> bool:
    """Whether a request names an order, an event or a receiver.

    Looked for in the raw bytes, as a whole word: a fault must find its request
    even where the stand-in cannot read the body.
    """
    word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])".encode())
    return bool(word.search(request.body) or word.search(request.path.encode()))


def applies(fault: Fault | None) -> bool:
    """Whether the partner acts on a request that meets this fault."""
    return fault is None or fault.applies
