"""What the ledger knows of one order, for `waybill explain`."""

from dataclasses import dataclass

import redis

from serializers.order import Order, unpack
from workers.ledger import keys
from workers.ledger.answers import number, octets, text


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of an order's timeline; `ms` is UTC."""

    ms: int
    line: str


@dataclass(frozen=True, slots=True)
class WatchState:
    """Where the order's watch stands.

    Attributes:
        state: due, leased, sending, dead, ended, or "" without a watch.
        due_ms: UTC ms of the next look, or of the lease's end.
        looked_ms: UTC ms of the last look, 0 for never.
    """

    state: str
    tries: int
    due_ms: int | None
    looked_ms: int


@dataclass(frozen=True, slots=True)
class WaitingDelivery:
    """A delivery of the order that has not ended."""

    id: str
    kind: str
    destination: str
    state: str
    tries: int
    due_ms: int | None


@dataclass(frozen=True, slots=True)
class OrderStory:
    """All of it."""

    order: Order
    version: int
    watch: WatchState
    deliveries: tuple[WaitingDelivery, ...]
    timeline: tuple[Moment, ...]


def story(
    client: "redis.Redis",
    order_number: str,
    destinations: list[str],
    partitions: int = 1,
) -> OrderStory | None:
    """What is known of an order, None when nothing is; raises redis.RedisError."""
    root = keys.prefix(keys.partition_of(order_number, partitions))
    record = client.get(f"{root}record:{order_number}")
    if record is None:
        return None
    raw = client.hgetall(root + keys.order_ref(order_number))
    fields = {text(name): text(value) for name, value in raw.items()}
    entries = client.lrange(f"{root}log:{order_number}", 0, -1)
    return OrderStory(
        order=unpack(octets(record)),
        version=number(fields.get("version")),
        watch=_watch(client, root, order_number, fields),
        deliveries=tuple(_waiting(client, root, order_number, destinations)),
        timeline=tuple(_moment(text(entry)) for entry in entries),
    )


def _moment(entry: str) -> Moment:
    ms, _, line = entry.partition(" ")
    return Moment(int(ms), line)


def _watch(
    client: "redis.Redis", root: str, order_number: str, fields: dict[str, str]
) -> WatchState:
    destination = fields.get("destination", "")
    return WatchState(
        state=fields.get("state", ""),
        tries=number(fields.get("tries")),
        due_ms=_score(client, root, destination, keys.order_ref(order_number)),
        looked_ms=number(fields.get("looked")),
    )


def _score(client: "redis.Redis", root: str, destination: str, ref: str) -> int | None:
    for key in ("due", "leased"):
        score = client.zscore(f"{root}{key}:{destination}", ref)
        if score is not None:
            return number(score)
    return None


def _waiting(
    client: "redis.Redis", root: str, order_number: str, destinations: list[str]
) -> list[WaitingDelivery]:
    found = []
    for destination in destinations:
        lane = keys.lane(root, order_number, destination)
        for ref in map(text, client.lrange(lane, 0, -1)):
            kind, state, tries = client.hmget(root + ref, "kind", "state", "tries")
            found.append(
                WaitingDelivery(
                    id=ref,
                    kind=text(kind),
                    destination=destination,
                    state=text(state),
                    tries=number(tries),
                    due_ms=_score(client, root, destination, ref),
                )
            )
    return found
