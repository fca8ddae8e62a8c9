"""Event streams of a ledger in several partitions, used as one stream.

Each partition has a stream of its own, in its slot. Beside them a single Redis keeps
the stream that all share (WAYBILL_STREAM), for who adds to it without knowing of
partitions. An entry's name tells its stream: see `Stream`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import redis

from serializers.errors import DecodeError
from serializers.events.entry import named, names_in, names_of, value_of
from serializers.events.entry_fields import Apart, Content, dated, partition
from serializers.order import order_name
from workers.ledger import keys
from workers.ledger.audit.actor import Actor
from workers.ledger.stream.account import Losses
from workers.ledger.stream.reader import MANY, Stream
from workers.ledger.stream.view import StreamView
from workers.redis.durability import NONE, Durability

S = TypeVar("S", bound=Stream)

#: A partition of an order, by its name.
Home = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Names:
    """What the streams of a ledger are called.

    Attributes:
        shared: the key of the stream of a single Redis.
        group: that reads them.
        partitions: of the ledger.
        is_apart: whether it is on a Cluster, where all are streams of partitions.
        by_source: whether an event's source is a part of its order's name.
        durability: what an event has to have before it counts as added.
        dedup_ms: for how long is known where an entry is that was moved, as an event's
            id is; 0 for who moves none.
        beside: how often an entry is started beside others.
    """

    shared: str
    group: str
    partitions: int = 1
    is_apart: bool = False
    by_source: bool = False
    durability: Durability = NONE
    dedup_ms: int = 0
    beside: int = MANY

    def every(self) -> Iterator[tuple[str, int | None]]:
        """Each stream's key and the partition that it belongs to, if it does."""
        if not self.is_apart:
            yield self.shared, None
        if self.partitions > 1 or self.is_apart:
            for number in range(self.partitions):
                yield keys.events(keys.prefix(number)), number


class Streams(Generic[S]):
    """Several streams; every method raises redis.RedisError.

    Args:
        every: the stream that all share, where there is one, then one for each
            partition.
        home: the partition whose stream the events of an order go into; by the number
            of streams where none is given.
    """

    def __init__(self, every: Sequence[S], home: Home | None = None) -> None:
        self.every = tuple(every)
        self._own = {one.partition: one for one in self.every}
        count = sum(one.partition is not None for one in self.every)
        self._home = home or partial(keys.partition_of, partitions=count)

    def of(self, entry: str) -> S:
        """The stream of an entry."""
        return self._own.get(partition(entry)) or self.every[0]

    def for_order(self, name: str) -> S:
        """The stream for the events of an order, by its name."""
        return self.at(self._home(name))

    def at(self, partition: int) -> S:
        """A partition's stream; of one that was added meanwhile, the first of all."""
        return self._own.get(partition) or self.every[0]

    def make(self) -> None:
        """Make what is missing of them, see `Stream.make`."""
        for one in self.every:
            one.make()

    def start(self, ids: Sequence[str]) -> dict[str, Content | Apart]:
        """Begin to work on pending entries, see `Stream.start`."""
        found: dict[str, Content | Apart] = {}
        for stream, own in self._apart(ids):
            found |= stream.start(own)
        return found

    def acknowledge(self, ids: Sequence[str]) -> None:
        """Take entries that are durable off the pending lists; they are settled."""
        for stream, own in self._apart(ids):
            stream.acknowledge(own)

    def forget(self, ids: Sequence[str]) -> None:
        """Take entries that are gone off the pending lists; those were lost."""
        for stream, own in self._apart(ids):
            stream.forget(own)

    def _apart(self, ids: Iterable[str]) -> list[tuple[S, list[str]]]:
        found: defaultdict[int | None, list[str]] = defaultdict(list)
        for id_ in ids:
            found[self.of(id_).partition].append(id_)
        return [(self._own[number], own) for number, own in found.items()]


class StreamViews(Streams[StreamView]):
    """What waits in any of them; tolerates streams that are not made yet."""

    def length(self) -> int:
        return sum(one.length() for one in self.every)

    def pending_count(self) -> int:
        return sum(one.pending_count() for one in self.every)

    def unread_count(self) -> int:
        """Events that no worker has read yet."""
        return sum(one.unread_count() for one in self.every)

    def oldest_ms(self) -> int | None:
        """UTC ms at which the oldest event that is not admitted yet came in."""
        return _least(one.oldest_ms() for one in self.every)

    def oldest_unread_ms(self) -> int | None:
        """UTC ms at which the oldest event came in that no worker has read yet."""
        return _least(one.oldest_unread_ms() for one in self.every)

    def waiting(self) -> Iterator[Content]:
        """The entries that are not admitted yet, see `StreamView.waiting`."""
        for one in self.every:
            yield from one.waiting()

    def losses(self) -> Losses:
        """All that was lost of them; nothing is looked for."""
        return Losses.of([one.losses() for one in self.every])

    def accept(self, by: Actor | None = None) -> int:
        """Settle what is lost so far; answers how many events that newly is."""
        return sum(one.accept(by) for one in self.every)


def _least(moments: Iterable[int | None]) -> int | None:
    return min((one for one in moments if one is not None), default=None)


#: One stream, or several.
AnyStream = Stream | Streams[Stream]
AnyView = StreamView | StreamViews


@dataclass(frozen=True, slots=True)
class Forwarding:
    """Moves entries on a Cluster that are in the stream of another partition.

    There what admits an event can touch the keys of one partition alone. A crash in
    between leaves it in both, and dedup knows it.

    Attributes:
        streams: of the ledger.
        by_source: whether an event's source is a part of its order's name.
        life_ms: for how long is known where an entry is now.
        place: the partition in which an order lies, where that may be another than the
            one that its events are published into.
    """

    streams: Streams[Stream]
    by_source: bool
    life_ms: int
    place: Home | None = None

    def forward(self, entry: str, found: Content) -> bool:
        """Move an entry on if it is elsewhere; it is dated by its first entry."""
        if not isinstance(found, tuple):
            return False
        try:
            name = _name_in(value_of(found), by_source=self.by_source)
        except DecodeError:
            return False
        if not name:
            return False
        own, right = self.streams.of(entry), self._right(name)
        if own is right:
            return False
        own.moved(entry, right.add(dated(found, entry)), self.life_ms)
        return True

    def _right(self, name: str) -> Stream:
        if self.place is None:
            return self.streams.for_order(name)
        return self.streams.at(self.place(name))


def streams_of(
    client: "redis.Redis",
    names: Names,
    stopped: Callable[[], bool] = lambda: False,
    *,
    home: Home | None = None,
    place: Home | None = None,
) -> AnyStream:
    """The streams of a ledger on this client; nothing connects yet.

    Args:
        client: RESP2, bytes.
        names: of the streams.
        stopped: whether this process stops.
        home: the partition whose stream the events of an order go into.
        place: the partition in which the order lies.
    """
    made = [
        Stream(
            client, name, names.group, stopped, number, names.durability, names.beside
        )
        for name, number in names.every()
    ]
    if len(made) == 1:
        return made[0]
    several = Streams(made, home)
    if names.is_apart:
        forward = Forwarding(several, names.by_source, names.dedup_ms, place).forward
        for one in made:
            one.forward = forward
    return several


def views_of(client: "redis.Redis", names: Names) -> AnyView:
    """The same for who only looks."""
    made = [
        StreamView(client, name, names.group, partition=number)
        for name, number in names.every()
    ]
    return made[0] if len(made) == 1 else StreamViews(made)


def publish(streams: AnyStream, event: bytes, *, by_source: bool) -> str:
    """Add an event where it belongs; the promise begins with this answer.

    Args:
        streams: of the ledger.
        event: its JSON; what cannot be read goes where an order without a name would.
        by_source: whether its source is a part of its order's name.
    """
    if isinstance(streams, Stream):
        return streams.publish(event)
    return streams.for_order(order_of(event, by_source=by_source)).publish(event)


def order_in(content: Content, *, by_source: bool) -> str:
    """The same of an entry, in binary mode too; "" also where it is too large."""
    if not isinstance(content, tuple):
        return ""
    source, _, number = named(content)
    return order_name(number, source if by_source else "") if number else ""


def order_of(event: bytes, *, by_source: bool) -> str:
    """The ledger's name of the order that an event is about, "" where it has none."""
    source, _, number = names_of(event)
    return order_name(number, source if by_source else "") if number else ""


def _name_in(value: object, *, by_source: bool) -> str:
    source, _, number = names_in(value)
    return order_name(number, source if by_source else "") if number else ""
