"""A rival under kills: a worker every second, the store once."""

import threading
import time
from dataclasses import dataclass

from benchmarks import feed
from benchmarks.rivals.roster import Rival
from benchmarks.rivals.stage import Stage, stage
from benchmarks.rivals.tally import tally

#: Events per second while workers are killed.
RATE = 20
#: Seconds between two kills, each of the next worker.
EVERY = 1.0
#: Seconds for which the store is away.
AWAY = 1.0
#: Milliseconds that a partner takes to answer: so long is a call in flight.
DELAY_MS = 100
#: Seconds beyond a rival's own time of repair after which what has not arrived is lost.
GRACE = 60.0
#: Seconds between two looks at the stand-ins.
LOOK = 0.5

HEADS = (
    "under kills",
    "accepted",
    "lost",
    "doubled",
    "second ids",
    "all notified after",
    "repairs within",
    "ended by themselves",
)


@dataclass(frozen=True, slots=True)
class Kills:
    """What became of the orders.

    Attributes:
        kills: of workers; the store was killed once besides.
        accepted: events that the system had promised to keep.
        lost: of these, orders that were not linked or not notified.
        doubled: orders that were linked or notified more than once.
        second_ids: orders that the receiver acted on twice.
        after: seconds from the last kill to the last first call of an order.
        repair_seconds: after which the work of a dead worker is somebody else's.
        patience: seconds that were waited before an order counted as lost.
        ended: processes that ended by themselves, and were started again.
    """

    rival: str
    kills: int
    accepted: int
    lost: int
    doubled: int
    second_ids: int
    after: float
    repair_seconds: float
    patience: float
    ended: int

    @property
    def cells(self) -> tuple[str, ...]:
        after = f"{max(0.0, self.after):.0f} s"
        never = f"not within {self.patience:.0f} s"
        return (
            self.rival,
            str(self.accepted),
            str(self.lost),
            str(self.doubled),
            str(self.second_ids),
            never if self.lost else after,
            f"{self.repair_seconds:.0f} s" if self.repair_seconds else "at once",
            str(self.ended),
        )


def under_kills(rival: Rival, seconds: float) -> Kills:
    """Publish steadily for so long, and kill meanwhile.

    Raises:
        RuntimeError: it did not start, or did something wrong.
    """
    with stage(rival, DELAY_MS / 1_000) as ready:
        orders = feed.numbers(0, round(RATE * seconds))
        publishing = threading.Thread(
            target=ready.publisher.steady, args=(orders, RATE), daemon=True
        )
        publishing.start()
        kills = _kill(ready, seconds)
        last_kill = time.time()
        publishing.join()
        patience = rival.repair_seconds + GRACE
        ready.served(orders, patience, ready.fleet.revive, LOOK)
        found = tally(
            ready.publisher.accepted & frozenset(orders),
            ready.standins.links(),
            [
                (one.order_number, one.event_id, one.at_ms / 1_000)
                for one in ready.standins.notifications()
            ],
        )
        return Kills(
            rival=rival.name,
            kills=kills,
            accepted=found.accepted,
            lost=found.lost,
            doubled=found.doubled,
            second_ids=found.second_ids,
            after=found.last - last_kill,
            repair_seconds=rival.repair_seconds,
            patience=patience,
            ended=ready.fleet.revived,
        )


def _kill(ready: Stage, seconds: float) -> int:
    """Kill a worker a second for so long, and in the middle the store; how many."""
    turns = max(1, round(seconds / EVERY))
    due = time.monotonic()
    for turn in range(turns):
        due += EVERY
        time.sleep(max(0.0, due - time.monotonic()))
        ready.fleet.kill(turn)
        ready.fleet.revive()
        if turn == turns // 2:
            ready.store.kill()
            time.sleep(AWAY)
            ready.store.start()
    return turns
