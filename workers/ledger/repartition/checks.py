"""Checks of the ledger's layout: every key of every order lies where it has its place.

Whoever works meanwhile may have moved an item between two questions: what looks wrong
is asked again before it counts.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeVar

import redis

from workers.ledger import keys
from workers.ledger.layout import keys as layout_keys
from workers.ledger.layout.layout import Layout, Stage
from workers.ledger.repartition.names import (
    AT_ONCE,
    DELIVERY,
    ORDER,
    Name,
    of_orders,
    pages,
)
from workers.redis.answers import text
from workers.redis.cluster.client import node_of
from workers.redis.scans import scan_step

T = TypeVar("T")

#: Seconds after which what looks wrong is asked again, and how often.
PAUSE: Final = 1.0
TIMES: Final = 3

#: Examples that are kept of each kind of finding.
EXAMPLES: Final = 5

#: Where a delivery stands that has not ended, by its state.
_OPEN: Final = frozenset({"lane", "due", "leased", "sending", "dead"})


class Wrong(StrEnum):
    """What is wrong."""

    ASTRAY = "astray"
    IN_PARCEL = "in_parcel"
    NOTHING = "names_nothing"
    UNLISTED = "unlisted"


@dataclass(slots=True)
class Checked:
    """What was found.

    Attributes:
        orders: by partition.
        deliveries: by partition.
        wrong: how many there are of each kind of finding.
        examples: some of each.
    """

    orders: Counter[int] = field(default_factory=Counter)
    deliveries: Counter[int] = field(default_factory=Counter)
    wrong: Counter[Wrong] = field(default_factory=Counter)
    examples: defaultdict[Wrong, list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, kind: Wrong, what: str) -> None:
        """Count a finding."""
        self.wrong[kind] += 1
        if len(self.examples[kind]) < EXAMPLES:
            self.examples[kind].append(what)


class Checks:
    """Looks at a whole ledger; nothing is written. It raises redis.RedisError.

    Args:
        client: of the ledger.
        layout: of it.
        report: takes how many orders were looked at.
        sleep: waits for so many seconds.
    """

    def __init__(
        self,
        client: "redis.Redis",
        layout: Layout,
        report: Callable[[int], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._layout = layout
        self._report = report
        self._sleep = sleep

    def all(self) -> Checked:
        """Every key of every partition."""
        found = Checked()
        for page in pages(self._client):
            names = of_orders(self._client, page)
            self._places(names, found)
            self._listed([one for one in names if one.kind == DELIVERY], found)
            for name in names:
                found.orders[name.partition] += name.kind == ORDER
                found.deliveries[name.partition] += name.kind == DELIVERY
            self._report(found.orders.total())
        for partition in range(self._layout.width):
            self._parcels(partition, found)
            self._members(partition, found)
        return found

    def _places(self, names: Sequence[Name], found: Checked) -> None:
        """Each is at home, or, while orders move, where it was."""
        for name in names:
            home = self._layout.home(name.order)
            if name.partition not in {home, self._layout.former(name.order)}:
                what = f"{name.rest} in partition {name.partition}, its home is {home}"
                found.add(Wrong.ASTRAY, what)

    def _parcels(self, partition: int, found: Checked) -> None:
        if self._layout.stage is Stage.MOVING:
            return
        key = layout_keys.parcels(keys.prefix(partition))
        for order in map(text, self._client.smembers(key)):
            found.add(Wrong.IN_PARCEL, f"{order}, in partition {partition}")

    def _listed(self, names: Sequence[Name], found: Checked) -> None:
        """Each delivery that has not ended stands where its state has it."""
        for name in self._still(names, self._unlisted):
            what = f"{name.rest} of {name.order} in partition {name.partition}"
            found.add(Wrong.UNLISTED, what)

    def _unlisted(self, names: Sequence[Name]) -> list[Name]:
        pipeline = self._client.pipeline(transaction=False)
        for name in names:
            key = keys.item(keys.prefix(name.partition), name.rest)
            pipeline.hmget(key, "state", "destination")
        asked = []
        for name, answer in zip(names, pipeline.execute(), strict=True):
            state, destination = map(text, answer)
            if state in _OPEN:
                asked.append((name, state))
                self._ask(pipeline, name, state, destination)
        answers = pipeline.execute(raise_on_error=False) if asked else []
        found = zip(asked, answers, strict=True)
        return [
            name
            for (name, _), answer in found
            if answer is None or isinstance(answer, Exception)
        ]

    @staticmethod
    def _ask(
        pipeline: "redis.client.Pipeline", name: Name, state: str, destination: str
    ) -> None:
        root = keys.prefix(name.partition)
        match state:
            case "dead":
                pipeline.zscore(keys.dead(root), name.rest)
            case "due":
                pipeline.zscore(keys.due(root, destination), name.rest)
            case "lane":
                lane = keys.lane(root, name.order, destination)
                pipeline.lpos(lane, name.rest)
            case _:
                pipeline.zscore(keys.leased(root, destination), name.rest)

    def _members(self, partition: int, found: Checked) -> None:
        """What is due, leased, dead or failing is there."""
        root = keys.prefix(partition)
        listed = [keys.dead(root), keys.failing(root)]
        for destination in map(text, self._client.smembers(keys.destinations(root))):
            listed += [keys.due(root, destination), keys.leased(root, destination)]
        for key in listed:
            for some in self._pages_of(key):
                for ref in self._still(some, lambda refs: self._missing(root, refs)):
                    found.add(Wrong.NOTHING, f"{ref} in {key}")

    def _pages_of(self, key: str) -> Iterator[list[str]]:
        place = 0
        while True:
            asked = ("ZSCAN", key, place, "COUNT", AT_ONCE)
            with node_of(self._client, key) as server:
                place, found = scan_step(server, asked, {})
            if found:
                yield [text(ref) for ref, _ in found]
            if not place:
                return

    def _missing(self, root: str, refs: Sequence[str]) -> list[str]:
        pipeline = self._client.pipeline(transaction=False)
        for ref in refs:
            watched = keys.watched(ref)
            other = keys.order_ref(watched[1]) if watched else ref
            pipeline.exists(keys.item(root, ref), keys.item(root, other))
        answers = pipeline.execute()
        return [
            ref for ref, is_there in zip(refs, answers, strict=True) if not is_there
        ]

    def _still(
        self, some: Sequence[T], wrong: Callable[[Sequence[T]], list[T]]
    ) -> list[T]:
        """Those that are wrong however often they are asked."""
        found = wrong(some) if some else []
        for _ in range(TIMES - 1):
            if not found:
                break
            self._sleep(PAUSE)
            found = wrong(found)
        return found
