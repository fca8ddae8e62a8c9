"""Read-only rows of a list of orders, some at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import redis

from serializers.errors import DecodeError
from serializers.order_record import Order, mentions, spelled, unpack
from tasks.planning.rules import DECK, destination_of
from workers.ledger import keys
from workers.ledger.views.order_items import DEAD
from workers.redis.answers import number, text

#: Root of a partition, ref of an item or an order, its score in the list it is from.
Candidate = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order, as a list has it.

    Attributes:
        order: its record.
        name: the ledger's.
        state: `open` while it is watched or a delivery of it has not ended, a dead
            letter included; else `finished`.
        stages: the statuses that its lines are in, or have reached furthest.
        destinations: at which it is watched, or which it has had something for.
        failing_ms: UTC ms since when an item of it fails and comes again, 0 for never;
            known where those that fail are asked for.
        code: how that has failed last.
    """

    order: Order
    name: str
    state: str
    stages: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    failing_ms: int = 0
    code: str = ""


def moved_ms(order: Order) -> int:
    """UTC ms of its last change, or at which it was placed."""
    return order.changed_ms or order.seen_ms or order.placed_ms


def order_rows(
    client: "redis.Redis",
    candidates: Sequence[Candidate],
    *,
    customer: str = "",
    failing: bool = False,
) -> Iterator[OrderRow | None]:
    """A row for each candidate, None where it is no order that can be read.

    Args:
        client: of the ledger.
        candidates: of which rows are made, in two round trips; an item lies where its
            order does.
        customer: that a record must mention to be read, "" for any.
        failing: whether they are items that fail, by when they began to.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    names = _names(client, candidates)
    pipeline = client.pipeline(transaction=False)
    for name, (root, *_) in zip(names, candidates, strict=True):
        pipeline.get(keys.record(root, name))
        pipeline.hgetall(keys.order(root, name))
    for root, ref, _ in candidates if failing else ():
        pipeline.hmget(keys.item(root, ref), "code", "history")
    answers = pipeline.execute(raise_on_error=False)
    pairs = zip(answers[0 : 2 * len(names) : 2], answers[1::2], strict=False)
    codes = answers[2 * len(names) :] or [None] * len(names)
    needle = spelled(customer)
    for name, (record, fields), (*_, since), code in zip(
        names, pairs, candidates, codes, strict=True
    ):
        row = _row(name, record, fields, needle)
        if row is not None and failing:
            row = replace(row, failing_ms=since, code=_failed(code, fields))
        yield row


def _failed(kept: object, fields: Mapping[bytes, bytes]) -> str:
    """How an item has failed last; an order's first watch is kept in its own hash."""
    code, history = kept if isinstance(kept, list) else (None, None)
    lines = text(history or fields.get(b"history")).splitlines()
    result = lines[-1].split(" ")[2:3] if lines else []
    return text(code) or "".join(result)


def _names(client: "redis.Redis", candidates: Sequence[Candidate]) -> list[str]:
    """The order of each candidate, "" for an event."""
    owned = {
        (root, ref): ""
        for root, ref, _ in candidates
        if ref.startswith(keys.DELIVERY_PREFIX)
    }
    pipeline = client.pipeline(transaction=False)
    for root, ref in owned:
        pipeline.hget(keys.item(root, ref), "order")
    for place, name in zip(
        owned, pipeline.execute(raise_on_error=False) if owned else (), strict=True
    ):
        owned[place] = text(name) if isinstance(name, bytes) else ""
    watched = (keys.watched(ref) for _, ref, _ in candidates)
    return [
        place[1] if place else owned.get((root, ref), "")
        for place, (root, ref, _) in zip(watched, candidates, strict=True)
    ]


def _row(
    name: str, record: object, fields: Mapping[bytes, bytes] | object, needle: bytes
) -> OrderRow | None:
    if not isinstance(record, bytes) or not isinstance(fields, Mapping):
        return None
    try:
        order = unpack(record) if not needle or mentions(record, needle) else None
    except DecodeError:
        return None
    if order is None:
        return None
    state = text(fields.get(b"state"))
    return OrderRow(
        order,
        name,
        _state(state, fields.get(b"open")),
        tuple(dict.fromkeys(_stages(order))),
        tuple(dict.fromkeys(_destinations(order, fields))),
        code=DEAD if state == DEAD else "",
    )


def _state(watch: str, undelivered: object) -> str:
    """Whether an order goes on, by its hash."""
    is_open = watch not in {"", "ended"} or number(undelivered) > 0
    return "open" if is_open else "finished"


def states(client: "redis.Redis", candidates: Sequence[Candidate]) -> list[str]:
    """The state of each order, in one round trip, which is less than its row takes.

    Args:
        client: of the ledger.
        candidates: orders, and no items.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    pipeline = client.pipeline(transaction=False)
    for root, ref, _ in candidates:
        pipeline.hmget(keys.item(root, ref), "state", "open")
    answers = pipeline.execute(raise_on_error=False) if candidates else []
    return [
        _state(text(one[0]), one[1]) if isinstance(one, list) else "" for one in answers
    ]


def _stages(order: Order) -> Iterator[str]:
    for line in order.lines:
        yield line.status.upper()
        yield from (code.upper() for code in dict(line.now))


def _destinations(order: Order, fields: Mapping[bytes, bytes]) -> Iterable[str]:
    if destination := text(fields.get(b"destination")):
        yield destination
    if order.customer_id:
        yield destination_of(DECK, order.site)
    made = keys.MADE_PREFIX
    yield from (text(f).removeprefix(made) for f in fields if text(f).startswith(made))
