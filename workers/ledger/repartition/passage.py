"""Passage: orders move out of where they do not belong, until none is left there."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import redis

from workers.ledger.layout.layout import Layout
from workers.ledger.layout.parcels import Carried, Parcels, UnconfirmedParcelError
from workers.ledger.repartition.names import DELIVERY, of_orders, pages

#: Orders that are carried in one go.
AT_ONCE: Final = 50

#: Seconds until what was busy is tried again, and replicas are asked again.
PAUSE: Final = 0.5

#: Rounds for which what is busy is waited for before the whole ledger is looked at.
ROUNDS: Final = 20

#: Orders by the partition in which they are, each with refs of its deliveries.
Astray = dict[int, dict[str, list[str]]]


class LeftError(Exception):
    """Orders that cannot be moved; why stands in its words, one a line."""


@dataclass(slots=True)
class Tally:
    """What came of a pass over the whole ledger.

    Attributes:
        moved: orders, and what was left of some.
        size: bytes of their parcels.
        busy: orders of which something is worked on, by partition.
        unsure: those whose timelines do not name all deliveries, by partition.
        large: bytes of those that are too large, by name.
        stuck: why parcels stay where they are, by their orders' names.
    """

    moved: int = 0
    size: int = 0
    busy: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    unsure: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    large: dict[str, int] = field(default_factory=dict)
    stuck: dict[str, str] = field(default_factory=dict)

    def add(self, partition: int, carried: Carried) -> None:
        """Count what became of some of a partition's orders."""
        self.moved += carried.moved
        self.size += carried.size
        self.busy[partition] |= carried.busy
        self.unsure[partition] |= carried.unsure
        self.large |= carried.large
        self.stuck |= carried.stuck

    def found(self) -> bool:
        """Whether anything was not at home."""
        waits = any(self.busy.values()) or any(self.unsure.values())
        return bool(self.moved or self.large or self.stuck or waits)

    def troubles(self) -> list[str]:
        """Why orders stay where they are."""
        large = [
            f"{order} has {size:,} bytes, which is too much for one step; it stays"
            " where it is until enough of it has ended"
            for order, size in sorted(self.large.items())
        ]
        return [*large, *(why for _, why in sorted(self.stuck.items()))]


class Passage:
    """Brings every order of a ledger to where its layout has it.

    Every method raises redis.RedisError where Redis does not answer; whoever begins
    again goes on where it was.

    Args:
        client: of the ledger.
        parcels: that the orders move in.
        layout: by which they have their places.
        report: takes how many have moved by now, and how many are waited for.
        rate: orders a second at most, 0 for as many as can be.
        sleep: waits for so many seconds.
    """

    def __init__(
        self,
        client: "redis.Redis",
        parcels: Parcels,
        layout: Layout,
        report: Callable[[int, int], None],
        rate: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._parcels = parcels
        self._layout = layout
        self._report = report
        self._rate = rate
        self._sleep = sleep
        #: Orders that were moved, and bytes of their parcels.
        self.moved = self.size = 0

    def all_home(self) -> None:
        """Carry until a look at the whole ledger finds nothing to be carried.

        Raises:
            LeftError: nothing but what cannot be moved is left.
            OutrunError: orders move by a newer layout.
        """
        while True:
            found = self.look()
            if not found.found():
                return
            if not found.moved and not any(found.busy.values()):
                raise LeftError("\n".join(found.troubles()))

    def look(self) -> Tally:
        """One pass over the whole ledger."""
        tally = Tally()
        self._finish_parcels(tally)
        for page in pages(self._client):
            for partition, orders in self._astray(page).items():
                self._carry(tally, partition, orders)
        self._carry_unsure(tally)
        self._wait_for_busy(tally)
        # What somebody else has packed meanwhile is in no place that was looked at.
        self._finish_parcels(tally)
        return tally

    def _finish_parcels(self, tally: Tally) -> None:
        for partition in range(self._layout.width):
            for some in _parts(self._parcels.waiting(partition)):
                self._add(tally, partition, self._finished(partition, some))

    def _astray(self, page: list[bytes]) -> Astray:
        """Orders of a page that are in another partition than their own."""
        found: Astray = defaultdict(dict)
        for name in of_orders(self._client, page):
            if self._layout.home(name.order) != name.partition:
                refs = found[name.partition].setdefault(name.order, [])
                if name.kind == DELIVERY:
                    refs.append(name.rest)
        return found

    def _carry(
        self,
        tally: Tally,
        partition: int,
        orders: Mapping[str, Sequence[str]],
        *,
        all_named: bool = False,
    ) -> None:
        for names in _parts(orders):
            some = {name: orders[name] for name in names}
            carried = self._carried(partition, some, all_named=all_named)
            self._add(tally, partition, carried)

    def _carried(
        self, partition: int, some: Mapping[str, Sequence[str]], *, all_named: bool
    ) -> Carried:
        try:
            return self._parcels.carry(
                partition, some, self._layout, all_named=all_named
            )
        except UnconfirmedParcelError:
            return self._finished(partition, list(some))

    def _finished(self, partition: int, orders: Sequence[str]) -> Carried:
        """Bring parcels home, as soon as enough replicas have what is there."""
        while True:
            try:
                return self._parcels.finish_all(partition, orders, self._layout)
            except UnconfirmedParcelError:
                self._sleep(PAUSE)

    def _add(self, tally: Tally, partition: int, carried: Carried) -> None:
        tally.add(partition, carried)
        self.moved += carried.moved
        self.size += carried.size
        self._report(self.moved, sum(map(len, tally.busy.values())))
        if self._rate and carried.moved:
            self._sleep(carried.moved / self._rate)

    def _carry_unsure(self, tally: Tally) -> None:
        """Search for all deliveries of those that do not name them; carry these."""
        wanted = {
            partition: dict[str, list[str]]((name, []) for name in names)
            for partition, names in tally.unsure.items()
            if names
        }
        if not wanted:
            return
        for page in pages(self._client):
            for name in of_orders(self._client, page):
                refs = wanted.get(name.partition, {}).get(name.order)
                if refs is not None and name.kind == DELIVERY:
                    refs.append(name.rest)
        for partition, orders in wanted.items():
            self._carry(tally, partition, orders, all_named=True)
        tally.unsure.clear()

    def _wait_for_busy(self, tally: Tally) -> None:
        """Try those again that were worked on."""
        for _ in range(ROUNDS):
            waiting = {place: names for place, names in tally.busy.items() if names}
            if not waiting:
                return
            self._sleep(PAUSE)
            for partition, names in waiting.items():
                tally.busy[partition] = set()
                self._carry(tally, partition, dict.fromkeys(names, ()))


def _parts(names: Iterable[str]) -> Iterator[list[str]]:
    """So many at a time as are carried in one go."""
    left = iter(names)
    while some := list(islice(left, AT_ONCE)):
        yield some
