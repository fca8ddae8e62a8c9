"""Next endpoint for a thread that has finished: one at which something is due.

A hint for one notification costs more than the notification. With many endpoints and
little for each, the threads therefore go on without one, as they do at one destination.
"""

import threading
import time
from collections import deque
from collections.abc import Callable

from tasks.concurrency import Destinations
from tasks.ledger_values import Hint
from tasks.planning.rules import INGRAM_PREFIX
from workers.dispatch.room import Room
from workers.dispatch.slots import Slots
from workers.ledger.claims import Claims, DestinationWork

#: Claims that find nothing before a thread goes back to the queues.
BEATEN = 3

#: Seconds between two looks that find nothing.
PAUSE = 0.05


class Elsewhere:
    """The endpoints that wait for a thread, those first that have waited longest.

    Nobody looks for them before work was left to wait here: an order that comes alone
    costs no look.

    Args:
        claims: what is due.
        destinations: of the settings.
        room: of this process.
        slots: of this process; one endpoint takes no more of them than its share.
        parcel: how many items a thread may claim at a destination, 0 where its gate is
            to be asked first.
    """

    def __init__(
        self,
        claims: Claims,
        destinations: Destinations,
        room: Room,
        slots: Slots,
        hint_size: Callable[[str], int],
    ) -> None:
        self._claims = claims
        self._destinations = destinations
        self._room = room
        self._slots = slots
        self._hint_size = hint_size
        self._lock = threading.Lock()
        self._found: deque[DestinationWork] = deque()
        self._rests: dict[tuple[int, str], float] = {}
        self._looks_at = 0.0

    def hint(self) -> Hint | None:
        """Items of one endpoint, leased; None where none waits for a thread.

        Raises:
            redis.RedisError: Redis does not answer.
        """
        for _ in range(BEATEN):
            work = self._next()
            if work is None:
                return None
            if hint := self._claimed(work):
                return hint
        return None

    def _claimed(self, work: DestinationWork) -> Hint | None:
        name = work.destination
        # What waits for its gate, or for its own share of the threads, is Release's.
        most = self._hint_size(name) if self._slots.free(name) else 0
        if not most:
            return None
        cap = self._room.most_leased(name)
        if not (cap and self._room.leases(work.partition)):
            return None
        known = self._destinations[name]
        hint = self._claims.claim(known, work.partition, most, cap)
        return hint if hint.claims else None

    def _next(self) -> DestinationWork | None:
        with self._lock:
            if not self._found:
                self._look()
            if not self._found:
                return None
            work = self._found.popleft()
            self._rests[work.partition, work.destination] = 0.0
            return work

    def _look(self) -> None:
        now = time.monotonic()
        if not self._room.crowded or now < self._looks_at:
            return
        found = self._claims.ready(self._rests)
        self._rests = {}
        self._found.extend(one for one in found.work if self._is_endpoint(one))
        self._room.crowded = found.more or bool(found.work)
        self._looks_at = now if self._found else now + PAUSE
        self._room.look([one.destination for one in self._found])

    def _is_endpoint(self, work: DestinationWork) -> bool:
        name = work.destination
        return name.startswith(INGRAM_PREFIX) and name in self._destinations
