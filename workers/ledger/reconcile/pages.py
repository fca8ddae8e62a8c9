"""Pages of the ledger's orders and deliveries, read while workers go on."""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import redis

from tasks.planning.rules import WESTCON
from workers.ledger import keys
from workers.ledger.layout.places import At, Places
from workers.redis.answers import number, octets, text

#: Keys that Redis is asked for at once, about.
PAGE = 1_000

#: What is read of an order's hash.
_ORDER = ("version", "state", "destination", "looked", "sources")
_DELIVERY = ("order", "destination", "kind", "state", "at")


@dataclass(frozen=True, slots=True)
class RawOrder:
    """An order as the ledger has it, its record and timeline still packed.

    Attributes:
        next_ms: see `tasks.reconcile.books.Watch`.
        source: the mark of its first event's source, "" for none.
        timeline: its entries, each behind its length in four bytes.
    """

    name: str
    record: bytes
    version: int
    state: str
    next_ms: int | None
    looked_ms: int
    source: str
    timeline: bytes


@dataclass(frozen=True, slots=True)
class RawDelivery:
    """A delivery; `at_ms` is when it was made, UTC."""

    id: str
    order: str
    destination: str
    kind: str
    state: str
    at_ms: int


def names(client: "redis.Redis") -> Iterator[tuple[list[str], list[str]]]:
    """Names of orders and keys of deliveries, by pages; some may come twice.

    What is there all the time comes at least once, also where Redis restarts or fails
    over meanwhile (`workers.redis.scans`).

    Raises:
        redis.RedisError: Redis does not answer.
    """
    orders, deliveries = list[str](), list[str]()
    for key in client.scan_iter(match=keys.ANY, count=PAGE):
        _, _, rest = text(key).partition("}:")
        if rest.startswith(keys.RECORD_PREFIX):
            orders.append(rest.removeprefix(keys.RECORD_PREFIX))
        elif rest.startswith(keys.DELIVERY_PREFIX):
            deliveries.append(text(key))
        if len(orders) + len(deliveries) >= PAGE // 2:
            yield orders, deliveries
            orders, deliveries = [], []
    yield orders, deliveries


def orders(
    client: "redis.Redis", wanted: Sequence[str], places: Places
) -> Iterator[RawOrder]:
    """These orders, in two round trips; one that is gone or damaged is left out.

    One that moves meanwhile is read where it has gone.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    roots: dict[str, str] = {}

    def ask(at: Sequence[At]) -> list[tuple[Any, Any, Any] | None]:
        roots.update((name, root) for root, name in at)
        return _read(client, at)

    read = zip(wanted, places.read(wanted, ask), strict=True)
    found = [
        (name, octets(one[0]), one[1], one[2])
        for name, one in read
        if one is not None
        and isinstance(one[0], bytes)
        and isinstance(one[1], list)
        and isinstance(one[2], list)
    ]
    moments = _moments(client, [(one[0], text(one[2][2])) for one in found], roots)
    for (name, record, hash_, log), next_ms in zip(found, moments, strict=True):
        version, state, destination, looked, sources = hash_
        watched = _is_westcon(text(destination)) or not destination
        yield RawOrder(
            name=name,
            record=record,
            version=number(version),
            # Of a watch at another partner nothing is known here.
            state=text(state) if watched else "elsewhere",
            next_ms=next_ms,
            looked_ms=number(looked),
            source=text(sources).split(" ")[0],
            timeline=b"".join(struct.pack(">I", len(one)) + one for one in log),
        )


def _read(client: "redis.Redis", at: Sequence[At]) -> list[tuple[Any, Any, Any] | None]:
    """Record, hash and timeline of each order, None where it has no record."""
    pipeline = client.pipeline(transaction=False)
    for root, name in at:
        pipeline.get(keys.record(root, name))
        pipeline.hmget(keys.order(root, name), _ORDER)
        pipeline.lrange(keys.timeline(root, name), 0, -1)
    answers = iter(pipeline.execute(raise_on_error=False))
    read = zip(answers, answers, answers, strict=True)
    return [None if one[0] is None else one for one in read]


def deliveries(client: "redis.Redis", wanted: Sequence[str]) -> Iterator[RawDelivery]:
    """The deliveries at these keys, in one round trip; those that are gone left out.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    pipeline = client.pipeline(transaction=False)
    for key in wanted:
        pipeline.hmget(key, _DELIVERY)
    answers = pipeline.execute(raise_on_error=False)
    for key, answer in zip(wanted, answers, strict=True):
        if isinstance(answer, list) and answer[0] is not None:
            order, destination, kind, state, at = answer
            yield RawDelivery(
                key.partition("}:" + keys.DELIVERY_PREFIX)[2],
                text(order),
                text(destination),
                text(kind),
                text(state),
                number(at),
            )


def entries(timeline: bytes) -> Iterator[bytes]:
    """The entries of a timeline, as `RawOrder` has it."""
    at = 0
    while at < len(timeline):
        (length,) = struct.unpack_from(">I", timeline, at)
        at += 4
        yield timeline[at : at + length]
        at += length


def _moments(
    client: "redis.Redis",
    watches: Sequence[tuple[str, str]],
    roots: Mapping[str, str],
) -> list[int | None]:
    """When each watch is looked at next, None where it stands in no list."""
    pipeline = client.pipeline(transaction=False)
    for name, destination in watches:
        root = roots[name]
        for ref in (keys.watch_ref(WESTCON, name), keys.order_ref(name)):
            pipeline.zscore(keys.due(root, destination), ref)
            pipeline.zscore(keys.leased(root, destination), ref)
    scores = pipeline.execute()
    each = [scores[n : n + 4] for n in range(0, len(scores), 4)]
    return [
        next((number(one) for one in some if one is not None), None) for some in each
    ]


def _is_westcon(destination: str) -> bool:
    return destination.partition("/")[0] == WESTCON
