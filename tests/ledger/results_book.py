"""What the results of a ledger tell, held against what the ledger counts and keeps."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import redis

from serializers.order_record import Line, unpack
from serializers.results import encode
from serializers.results.encode import ChangedLine, line_members
from tasks.planning.lines.distribution import backordered, shipped
from tasks.planning.statuses import DEFAULT_STATUSES
from workers.ledger import keys
from workers.ledger.results.reader import ResultReader
from workers.redis.answers import number, octets, text

#: The types of which each tells of a dead letter that came to be.
GIVEN_UP = ("order.link_failed", "order.set_aside", "notification.failed")

#: Why a notification is given up that never becomes a dead letter.
FORGOTTEN = "endpoint_forgotten"


#: More than any test writes.
EVERY = 1_000_000


class Ledger(Protocol):
    """What is looked at: a test's world, or another ledger's client."""

    @property
    def redis(self) -> redis.Redis: ...

    @property
    def partitions(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Of:
    """A ledger from outside."""

    redis: redis.Redis
    partitions: int = 1


@dataclass(frozen=True, slots=True)
class Told:
    """One result, as a consumer reads it."""

    partition: int
    entry: str
    event: dict[str, Any]

    @property
    def type(self) -> str:
        return str(self.event["type"]).removeprefix("waybill.")

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = self.event["data"]
        return found


def told(world: Ledger) -> list[Told]:
    """Every result, the oldest first, each partition's in its order."""
    reader = ResultReader(world.redis, world.partitions)
    found, _ = reader.after(reader.beginning(), EVERY)
    return [Told(one.partition, one.entry, json.loads(one.body)) for one in found]


def contradictions(world: Ledger) -> Iterator[str]:
    """What is told and did not happen, or happened and is not told."""
    results = told(world)
    yield from _repeated(results)
    yield from _gaps(results)
    yield from _letters(world, results)
    kinds = Counter(one.type for one in results)
    forgotten = sum(one.data.get("code") == FORGOTTEN for one in results)
    arrived = kinds["order.linked"] + kinds["notification.delivered"]
    given_up = sum(kinds[one] for one in GIVEN_UP) - forgotten
    discarded = _of(results, "dead_letter.discarded", {"link", "notification"})
    for what, has, counts in (
        ("admitted", kinds["event.accepted"], "admitted"),
        ("dead", given_up + kinds["event.refused"], "dead"),
        ("replayed", kinds["dead_letter.replayed"], "replayed"),
        ("discarded", discarded + forgotten, "discarded"),
        ("done", arrived + _unsent(world), "done"),
    ):
        counted = _counted(world, counts)
        if has != counted:
            yield f"{has} results of what was {what}, which is counted {counted} times"


def untold_lines(world: Ledger) -> Iterator[str]:
    """Lines of which an order's record has another state than was told last."""
    last = {
        (one.event["subject"], line.get("westcon_order"), line["line_number"]): line
        for one in told(world)
        if one.type == "order.changed"
        for line in one.data["lines"]
    }
    for raw in world.redis.scan_iter("*}:record:*", count=1000):
        name = text(raw).partition(":record:")[2]
        for line in unpack(octets(world.redis.get(raw))).lines:
            is_now = json.loads(encode.encode(line_members(_changed(line))))
            was_told = last.get((name, line.sub_order or None, line.number))
            if was_told != is_now:
                yield f"line {line.number} of {name} is {is_now}, and was {was_told}"


def _changed(line: Line) -> ChangedLine:
    table = DEFAULT_STATUSES
    return ChangedLine(line, shipped(line, table), backordered(line, table))


def _counted(world: Ledger, name: str) -> int:
    roots = map(keys.prefix, range(world.partitions))
    return sum(number(world.redis.hget(keys.counts(root), name)) for root in roots)


def _of(results: list[Told], kind: str, items: set[str]) -> int:
    return sum(one.type == kind and one.data["kind"] in items for one in results)


def _repeated(results: list[Told]) -> Iterator[str]:
    named = Counter(one.event["id"] for one in results)
    yield from (f"the id {id_} {n} times" for id_, n in named.items() if n > 1)


def _gaps(results: list[Told]) -> Iterator[str]:
    """An order's results are numbered from 1, and from 1 again in another life."""
    last = Counter[str]()
    for one in results:
        order, number = one.event.get("subject", ""), one.event.get("sequence")
        if number is None:
            if one.type != "event.refused" and order:
                yield f"{one.event} has no number"
            continue
        if int(number) not in {last[order] + 1, 1}:
            yield f"{order} has number {number} after {last[order]}"
        last[order] = int(number)


def _letters(world: Ledger, results: list[Told]) -> Iterator[str]:
    """A result names a dead letter exactly where there is one, or was until decided."""
    dead = {
        ref
        for partition in range(world.partitions)
        for ref in map(
            text, world.redis.zrange(keys.dead(keys.prefix(partition)), 0, -1)
        )
    }
    decided = {
        one.data["dead_letter"]
        for one in results
        if one.type in {"dead_letter.replayed", "dead_letter.discarded"}
    }
    for one in results:
        if one.type not in {*GIVEN_UP, "event.refused"}:
            continue
        ref = one.data.get("dead_letter", "")
        if (not ref) != (one.data["code"] == FORGOTTEN):
            yield f"{one.event} names {ref or 'no dead letter'}"
        elif ref and ref not in dead | decided and not _arrived(world, ref):
            yield f"{ref} is told to be a dead letter and is none"


def _arrived(world: Ledger, ref: str) -> bool:
    """Whether it has ended after all: by a late success, or a watch's new start."""
    roots = map(keys.prefix, range(world.partitions))
    states = {world.redis.hget(f"{root}{ref}", "state") for root in roots}
    return not ref.startswith("delivery:") or b"done" in states


def _unsent(world: Ledger) -> int:
    """Changes that are done without being sent: their endpoint wanted none of them."""
    pipeline = world.redis.pipeline(transaction=False)
    for key in world.redis.scan_iter("*delivery:*", count=1000):
        pipeline.hmget(key, "kind", "state")
    return sum(one == [b"change", b"done"] for one in pipeline.execute())
