"""Repartition: a ledger's orders go into another number of partitions, in stages.

Every stage is a decision that the ledger keeps. Whoever runs it again goes on where it
was, also while somebody else does.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import redis

from workers.ledger import keys
from workers.ledger.audit.actor import Actor, Deed, run_beside
from workers.ledger.identity.heartbeats import Heartbeats
from workers.ledger.layout import keys as layout_keys
from workers.ledger.layout import stages
from workers.ledger.layout.layout import Layout, Stage, decision, follow, layout_of
from workers.ledger.layout.parcels import Parcels
from workers.ledger.layout.recovered import recovered
from workers.ledger.repartition.followers import await_all, behind
from workers.ledger.repartition.passage import Passage
from workers.ledger.repartition.preparation import prepare
from workers.ledger.scripts import Scripts

#: Partitions at most; each has a loop in every worker.
MOST: Final = 256

#: Ms for which a mover is known to be at work.
MOVER_MS: Final = 30_000


class UnderWayError(Exception):
    """Another repartition is under way; `goal` is the number that it leads to."""

    def __init__(self, goal: int) -> None:
        super().__init__(f"orders are being moved into {goal} partitions")
        self.goal = goal


class Watcher(Protocol):
    """Who is shown how far it has come."""

    def stage(self, layout: Layout) -> None:
        """A stage has begun, or goes on."""

    def waits(self, workers: list[str]) -> None:
        """These workers are waited for."""

    def moved(self, orders: int, busy: int) -> None:
        """So many orders have moved; so many are worked on, and waited for."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an `apply` has done.

    Attributes:
        layout: of the ledger now.
        moved: orders that this run has moved.
        size: bytes of their parcels.
        seconds: that it took.
    """

    layout: Layout
    moved: int
    size: int
    seconds: float


class Repartition:
    """Brings a ledger's orders into another number of partitions.

    Args:
        scripts: on the ledger's client.
        parcels: that the orders move in.
        by: who acts.
        dedup_ms: for which marks of events are kept.
        watcher: is shown how far it has come.
        rate: orders a second at most, 0 for as many as can be.
        sleep: waits for so many seconds.
    """

    def __init__(  # noqa: PLR0913, PLR0917 (one argument per collaborator)
        self,
        scripts: Scripts,
        parcels: Parcels,
        by: Actor,
        dedup_ms: int,
        watcher: Watcher,
        rate: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._scripts = scripts
        self._client = scripts.client
        self._heartbeats = Heartbeats(scripts.client, scripts)
        self._parcels = parcels
        self._by = by
        self._dedup_ms = dedup_ms
        self._watcher = watcher
        self._rate = rate
        self._sleep = sleep
        self._shown = float("-inf")

    def apply(self, goal: int) -> Done:
        """Have the ledger lie in so many partitions; what was done for it.

        Raises:
            UnderWayError: another number is under way.
            OlderReleaseError: workers run that cannot follow.
            LeftError: orders are left that cannot be moved.
            OutrunError: others have gone on with another number meanwhile.
            redis.RedisError: Redis does not answer.
        """
        begun = time.monotonic()
        # Before anything is decided that they could not follow.
        behind(self._heartbeats.alive(), 0)
        layout = self._begun(goal)
        if layout.stage is Stage.WIDENING:
            self._have_followed(layout)
            layout = self._decided(layout, stages.moving(layout, self._now_ms()))
        if layout.stage is Stage.MOVING:
            # For an older release, and for who only asks how many there are.
            self._client.set(keys.PARTITIONS, layout.count)
            self._have_followed(layout)
        passage = self._passage(layout)
        passage.all_home()
        if layout.stage is Stage.MOVING:
            until = self._now_ms() + self._dedup_ms
            layout = self._decided(layout, stages.settled(layout, until))
            follow(self._scripts, layout)
        self._client.delete(layout_keys.MOVER)
        seconds = time.monotonic() - begun
        return Done(layout, passage.moved, passage.size, seconds)

    def _begun(self, goal: int) -> Layout:
        """The layout with which it goes on."""
        layout = self._newest(goal)
        if layout.is_moving and layout.goal != goal:
            raise UnderWayError(layout.goal)
        if not layout.is_moving and layout.count != goal:
            return self._decided(layout, stages.widened(layout, goal))
        self._watcher.stage(layout)
        return layout

    def _decided(self, before: Layout, after: Layout) -> Layout:
        """Decide it; where somebody else has decided first, that one is as good."""
        deed = Deed(
            f"partitions.{after.stage}",
            f"{after.goal} partitions",
            done="1",
            before=f"{before.stage} {before.count}",
            after=f"{after.stage} {after.count}",
        )
        call = decision(before, after)
        while run_beside(self._scripts, call, self._by, deed) == 0:
            found = self._newest(before.width)
            if found.goal != after.goal:
                raise UnderWayError(found.goal)
            if found != before:
                after = found
                break
            # A failover had taken what this follows.
        self._watcher.stage(after)
        return after

    def _newest(self, width: int) -> Layout:
        """The ledger's layout, or that which any of so many partitions follows."""
        found = layout_of(self._client)
        partitions = range(max(found.width, width))
        return recovered(self._scripts, found, partitions)

    def _have_followed(self, layout: Layout) -> None:
        """Wait until all work by this layout; nobody can by an older one then."""
        follow(self._scripts, layout)
        await_all(self._heartbeats, layout.version, self._waits, self._sleep)
        prepare(self._scripts, layout)

    def _passage(self, layout: Layout) -> Passage:
        return Passage(
            self._client, self._parcels, layout, self._moves, self._rate, self._sleep
        )

    def _waits(self, workers: list[str]) -> None:
        self._show()
        self._watcher.waits(workers)

    def _moves(self, orders: int, busy: int) -> None:
        self._show()
        self._watcher.moved(orders, busy)

    def _show(self) -> None:
        """Have others see that somebody moves orders."""
        now = time.monotonic()
        if now - self._shown < MOVER_MS / 10_000:
            return
        self._shown = now
        self._client.set(layout_keys.MOVER, self._by.who, px=MOVER_MS)

    def _now_ms(self) -> int:
        seconds, micros = self._client.time()
        return int(seconds) * 1000 + int(micros) // 1000


def mover(client: "redis.Redis") -> str:
    """Who moves orders now, "" for nobody; raises redis.RedisError."""
    kept = client.get(layout_keys.MOVER)
    return kept.decode() if isinstance(kept, bytes) else ""
