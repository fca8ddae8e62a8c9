"""Journal of requests in their order of arrival; secrets appear as fingerprints."""

import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from hashlib import sha256
from threading import Lock

from sandbox.http.message import Request

_SECRET_HEADERS = ("authorization", "ocp-apim-subscription-key")


@dataclass(frozen=True, slots=True)
class Entry:
    """One request and what became of it.

    Attributes:
        at_ms: when it was answered, UTC milliseconds.
        path: without the query, which may hold a secret.
        headers: with every secret one replaced by its fingerprint.
        size: bytes of the body.
        facts: what the stand-in understood: `orders`, `order`, `event_id`, ...
        status: what the client saw; 0 when it saw no answer.
        fault: the kind of the fault it met, or "".
    """

    seq: int
    at_ms: int
    route: str
    method: str
    path: str
    headers: Mapping[str, str]
    size: int
    facts: Mapping[str, object]
    status: int
    fault: str


class Journal:
    """Thread-safe; keeps the last entries and exact counts.

    Args:
        keep: how many entries; None is all of them.
    """

    def __init__(self, keep: int | None = None) -> None:
        self._lock = Lock()
        self._entries: deque[Entry] = deque(maxlen=keep)
        self._counts: Counter[str] = Counter()
        self._seq = 0

    def record(
        self,
        route: str,
        request: Request,
        facts: Mapping[str, object],
        status: int,
        fault: str,
    ) -> None:
        """Write one request down."""
        headers = masked(request.headers)
        with self._lock:
            self._seq += 1
            self._counts[route] += 1
            entry = Entry(
                self._seq,
                time.time_ns() // 1_000_000,
                route,
                request.method,
                request.path,
                headers,
                len(request.body),
                facts,
                status,
                fault,
            )
            self._entries.append(entry)

    def entries(self, route: str = "*", since: int = 0) -> tuple[Entry, ...]:
        """The kept entries of a route (`*` for any text) after a sequence number."""
        with self._lock:
            kept = tuple(self._entries)
        return tuple(
            entry
            for entry in kept
            if entry.seq > since and fnmatchcase(entry.route, route)
        )

    def counts(self) -> Mapping[str, int]:
        """Requests by route since the start or the last clear; always exact."""
        with self._lock:
            return dict(self._counts)

    def count(self, route: str) -> int:
        """Requests of a route, or of several (`receiver.*`)."""
        counts = self.counts().items()
        return sum(number for name, number in counts if fnmatchcase(name, route))

    def clear(self) -> None:
        """Forget everything; sequence numbers go on."""
        with self._lock:
            self._entries.clear()
            self._counts.clear()


def masked(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Replace each secret by a fingerprint that distinguishes two."""
    hidden = {
        name: fingerprint(headers[name]) for name in _SECRET_HEADERS if name in headers
    }
    return {**headers, **hidden}


@lru_cache(maxsize=1_024)
def fingerprint(secret: str) -> str:
    """Twelve digits of a hash: enough to compare, too little to use."""
    return "sha256:" + sha256(secret.encode()).hexdigest()[:12]
