"""The layout: in which partition an order lies, and in which it lay before.

It is kept in the ledger (`wb:layout`) and followed by whoever works there; a ledger
that was never repartitioned has none, and lies in as many partitions as `wb:partitions`
says.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

import redis

from workers.ledger import keys
from workers.ledger.layout import keys as layout_keys
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import number, text


class Stage(StrEnum):
    """Where a repartition is."""

    #: None is under way.
    SETTLED = "settled"
    #: All partitions that there will be are worked on, orders lie as before.
    WIDENING = "widening"
    #: New orders go where they belong from now on, others are moved there.
    MOVING = "moving"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A number of partitions that the ledger had.

    Attributes:
        count: of the partitions.
        until_ms: UTC ms until which marks of events that were admitted may stand where
            that number has them; 0 while orders still lie there.
    """

    count: int
    until_ms: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """How orders lie.

    Attributes:
        version: rises with each change, 0 for a ledger that was never repartitioned.
        count: of the partitions into which new orders go.
        width: of all that there are or ever were: whoever reads all, reads so many.
        index: of those that the index by purchase order is cut into: the first count.
        stage: of a repartition.
        goal: the number that is meant to be; `count` where none is under way.
        earlier: numbers before `count`, the newest last, as long as they matter.
    """

    version: int
    count: int
    width: int
    index: int
    stage: Stage
    goal: int
    earlier: tuple[Earlier, ...] = ()

    @property
    def is_moving(self) -> bool:
        """Whether a repartition is under way."""
        return self.stage is not Stage.SETTLED

    def home(self, order: str) -> int:
        """The partition that the order belongs into."""
        return keys.partition_of(order, self.count)

    def indexed(self, purchase_order: str) -> int:
        """The partition in which the index has a purchase order."""
        return keys.partition_of(purchase_order.strip(), self.index)

    @property
    def is_single(self) -> bool:
        """Whether there is one partition, and never was another."""
        return not self.version and self.width == 1

    def former(self, order: str) -> int | None:
        """The partition in which the order may still lie; None where it cannot."""
        if self.stage is not Stage.MOVING:
            return None
        before = keys.partition_of(order, self.earlier[-1].count)
        return None if before == self.home(order) else before

    def marked(self, order: str, now_ms: int) -> tuple[int, ...]:
        """Other partitions in which marks of the order's events may stand."""
        places = (
            keys.partition_of(order, one.count)
            for one in self.earlier
            if not one.until_ms or now_ms < one.until_ms
        )
        return tuple(dict.fromkeys(p for p in places if p != self.home(order)))


#: Of a ledger that nobody has begun yet.
FIRST: Final = 1


def unmoved(count: int) -> Layout:
    """The layout of a ledger that was never repartitioned."""
    return Layout(0, count, count, count, Stage.SETTLED, count)


def layout_of(client: "redis.Redis", first: int = FIRST) -> Layout:
    """The ledger's layout; raises redis.RedisError.

    Args:
        client: of the ledger.
        first: the number of partitions of a ledger that nobody has begun yet.
    """
    return kept(client) or unmoved(number(client.get(keys.PARTITIONS)) or first)


def kept(client: "redis.Redis") -> Layout | None:
    """The layout that a repartition left, if there was one; raises redis.RedisError."""
    found = client.get(layout_keys.LAYOUT)
    return None if found is None else decode(text(found))


def decision(before: Layout, after: Layout) -> Call:
    """The script that decides; it answers 0 where the layout is another one.

    Where it has been decided alike already that is 2, else 1.

    The layout is the decision: whoever works in a partition of an older version takes
    it forward, see `follow`.
    """
    known = encode(before) if before.version else ""
    arguments = (layout_keys.LAYOUT, known, encode(after))
    return Call("layout_decide", layout_keys.LAYOUT, arguments)


def follow(scripts: Scripts, layout: Layout) -> None:
    """Have every partition refuse what was placed by an older layout."""
    roots = map(keys.prefix, range(layout.width))
    scripts.run_all([following(root, layout) for root in roots])


def following(root: str, layout: Layout) -> Call:
    """The script that has one partition do so; it keeps the layout."""
    return Call("layout_follow", root, (layout.version, encode(layout)))


def encode(layout: Layout) -> str:
    return json.dumps(asdict(layout), separators=(",", ":"), sort_keys=True)


def decode(written: str) -> Layout:
    """Read what `encode` has written."""
    raw: dict[str, Any] = json.loads(written)
    earlier = tuple(Earlier(**one) for one in raw.pop("earlier"))
    stage = Stage(raw.pop("stage"))
    return Layout(**raw, stage=stage, earlier=earlier)
