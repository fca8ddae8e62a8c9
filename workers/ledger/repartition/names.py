"""Keys of the ledger read back: in which partition each is, and of which order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import redis

from workers.ledger import keys
from workers.redis.answers import octets, text

_KEY: Final = re.compile(rb"\{wb:(\d+)\}:([a-z]+):(.*)", re.DOTALL)

#: Keys that one step of a pass is about.
AT_ONCE: Final = 1000

#: Kinds of keys that an order has, by what their names begin with.
ORDER, RECORD, LOG, WATCH, LANE, DELIVERY = (
    "order",
    "record",
    "log",
    "watch",
    "lane",
    "delivery",
)


@dataclass(frozen=True, slots=True)
class Name:
    """A key of an order's.

    Attributes:
        partition: in which it is.
        kind: `order`, `record`, `log`, `watch`, `lane` or `delivery`.
        order: whose it is; of a delivery "" until its hash is read.
        rest: what the key has behind the prefix: a delivery's ref.
    """

    partition: int
    kind: str
    order: str
    rest: str


def parsed(key: bytes) -> Name | None:
    """Read a key; None for one that is no order's."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    partition, kind, rest = int(match[1]), match[2].decode(), match[3]
    match kind:
        case "order" | "record" | "log":
            order = text(rest)
        case "watch":
            order = text(rest.partition(b":")[2])
        case "lane":
            length, _, names = rest.partition(b":")
            order = text(names[: int(length)])
        case "delivery":
            order = ""
        case _:
            return None
    return Name(partition, kind, order, f"{kind}:{text(rest)}")


def pages(client: "redis.Redis", pattern: str = keys.ANY) -> Iterator[list[bytes]]:
    """Every key of this pattern, some at a time; one may come twice.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    place = 0
    while True:
        place, found = client.scan(place, match=pattern, count=AT_ONCE)
        yield list(map(octets, found))
        if not int(place):
            return


def of_orders(client: "redis.Redis", page: list[bytes]) -> list[Name]:
    """Those of a page that are orders', each with its order; raises redis.RedisError.

    A delivery whose hash has gone meanwhile is left out.
    """
    names = [name for name in map(parsed, page) if name is not None]
    asked = [name for name in names if name.kind == DELIVERY]
    pipeline = client.pipeline(transaction=False)
    for name in asked:
        pipeline.hget(keys.item(keys.prefix(name.partition), name.rest), "order")
    answers = pipeline.execute(raise_on_error=False) if asked else []
    found = [name for name in names if name.kind != DELIVERY]
    for name, order in zip(asked, answers, strict=True):
        if order is not None and not isinstance(order, Exception):
            found.append(replace(name, order=text(order)))
    return found
