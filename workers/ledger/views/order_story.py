"""Read-only view of one order, for `waybill explain`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import redis

from serializers.order_record import Order, unpack
from serializers.timeline.entry import Entry, decode
from workers.ledger import keys
from workers.ledger.layout.places import At, Places
from workers.ledger.views.gates import Standing, standings
from workers.ledger.views.order_items import (
    WATCH,
    Item,
    last_failure,
    placed,
    undelivered,
)
from workers.redis.answers import number, octets, text

#: How many notifications the order has had made for a destination; see `keys`.
_MADE = keys.MADE_PREFIX


@dataclass(frozen=True, slots=True)
class OrderStory:
    """All of it.

    Attributes:
        watches: the first, also where there is none, then those at other partners.
        deliveries: that wait or are dead letters.
        standings: of every destination that the watch or a delivery names.
        at_ms: UTC ms of Redis' clock when this was read.
    """

    order: Order
    version: int
    watches: tuple[Item, ...]
    deliveries: tuple[Item, ...]
    timeline: tuple[Entry, ...]
    standings: Mapping[str, Standing]
    at_ms: int


def story(
    client: "redis.Redis",
    order_number: str,
    destinations: Iterable[str],
    places: Places,
) -> OrderStory | None:
    """What is known of an order, None when nothing is.

    It takes seven round trips, an eighth where several partners watch the order,
    however many destinations and deliveries there are. An order that moves meanwhile
    is read again.

    Args:
        client: of the ledger.
        order_number: the ERP's.
        destinations: of the settings; others that the ledger names are found anyway.
        places: of orders.

    Raises:
        DecodeError: the order's record cannot be read.
        redis.RedisError: Redis did not answer.
    """
    wanted = tuple(destinations)

    def ask(at: Sequence[At]) -> list[OrderStory | None]:
        (root, name), width = at[0], places.layout.width
        return [_story(client, name, wanted, root, width)]

    return places.read([order_number], ask)[0]


def _story(
    client: "redis.Redis",
    order_number: str,
    destinations: Iterable[str],
    root: str,
    width: int,
) -> OrderStory | None:
    """The order as it is in one partition, None where it is not, or no more."""
    pipeline = client.pipeline(transaction=False)
    pipeline.get(keys.record(root, order_number))
    pipeline.hgetall(keys.order(root, order_number))
    pipeline.lrange(keys.timeline(root, order_number), 0, -1)
    pipeline.smembers(keys.destinations(root))
    pipeline.time()
    record, raw, log, members, (seconds, micros) = pipeline.execute()
    if record is None:
        return None
    at_ms = int(seconds) * 1000 + int(micros) // 1000
    fields = {text(name): text(value) for name, value in raw.items()}
    timeline = tuple(decode(octets(entry), order_number) for entry in log)
    watches = placed(client, root, _watches(client, root, order_number, fields))
    named = [*destinations, *sorted(map(text, members)), *_made_for(fields)]
    lanes = list(dict.fromkeys(named))
    anew = number(fields.get("anew"))
    found = tuple(undelivered(client, root, order_number, lanes, timeline, anew))
    waited_for = dict.fromkeys(item.destination for item in (*watches, *found))
    waited_for.pop("", None)
    standing = standings(client, root, waited_for, at_ms, width)
    # Else what was read last is of an order that had left meanwhile.
    if not client.exists(keys.record(root, order_number)):
        return None
    return OrderStory(
        order=unpack(octets(record)),
        version=number(fields.get("version")),
        watches=tuple(watches),
        deliveries=found,
        timeline=timeline,
        standings=standing,
        at_ms=at_ms,
    )


def _watches(
    client: "redis.Redis", root: str, order_number: str, fields: Mapping[str, str]
) -> list[Item]:
    """The watch that the order's hash has, or none, then each with its own hash."""
    first = fields.get("destination", "").partition("/")[0]
    further = fields.get("watches", "").split()
    refs = [keys.watch_ref(partner, order_number) for partner in (first, *further)]
    pipeline = client.pipeline(transaction=False)
    for ref in refs[1:]:
        pipeline.hgetall(keys.item(root, ref))
    raws = pipeline.execute() if further else []
    read = [{text(k): text(v) for k, v in raw.items()} for raw in raws]
    return [_watch(*pair) for pair in zip(refs, (fields, *read), strict=True)]


def _watch(ref: str, fields: Mapping[str, str]) -> Item:
    return Item(
        ref=ref,
        kind=WATCH,
        destination=fields.get("destination", ""),
        state=fields.get("state", ""),
        attempts=number(fields.get("tries")),
        code=fields.get("code", ""),
        why=fields.get("why", ""),
        failed=last_failure(fields.get("history", "")),
        looked_ms=number(fields.get("looked")),
    )


def _made_for(fields: Mapping[str, str]) -> list[str]:
    """Destinations for which notifications of the order were made."""
    return [f.removeprefix(_MADE) for f in fields if f.startswith(_MADE)]
