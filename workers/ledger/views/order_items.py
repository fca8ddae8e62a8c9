"""Read-only view of one order's watches and undelivered deliveries."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import redis

from serializers.timeline.codes import Code
from serializers.timeline.entry import Entry
from tasks.ledger_values import Kind
from workers.ledger import keys
from workers.redis.answers import number, text

#: An attempt that did not work, as an item's history has it: ms, verdict, code, reason.
_FAILED = re.compile(r"\d+ (?:again|later|give_up) \S+ (.+)")

#: What is read of a delivery.
_FIELDS = (
    "destination",
    "kind",
    "state",
    "tries",
    "code",
    "why",
    "seq",
    "history",
)

WATCH = "watch"
DEAD = "dead"
#: Whatever else a delivery is, it has ended, if only since its lane was read.
UNDELIVERED = frozenset({"lane", "due", "leased", "sending", DEAD})


@dataclass(frozen=True, slots=True)
class Item:
    """A watch or a delivery.

    Attributes:
        ref: `watch:<partner>:<number>` or `delivery:<id>`.
        kind: watch, link or notification.
        destination: "" for an order that was never watched.
        state: lane, due, leased, sending, dead, ended, or "" without a watch.
        attempts: begun; of a watch, since the last look that worked.
        due_ms: UTC ms from which it may be claimed, or at which its lease ends; None
            for one that has neither.
        before: items of its destination and partition that are due before it.
        head: what stands at the head of its lane, "" when it is that itself.
        held: whether the head is a dead letter.
        code: how its last attempt failed, "" where that is not recorded.
        why: of a dead letter.
        failed: why its last attempt failed or must wait, in whole sentences; "" where
            the last one worked.
        looked_ms: UTC ms of a watch's last look, 0 for never.
        earlier: whether a delivery is of an earlier order of the number.
    """

    ref: str
    kind: str
    destination: str
    state: str = ""
    attempts: int = 0
    due_ms: int | None = None
    before: int = 0
    head: str = ""
    held: bool = False
    code: str = ""
    why: str = ""
    failed: str = ""
    looked_ms: int = 0
    earlier: bool = False


def undelivered(
    client: "redis.Redis",
    root: str,
    order_number: str,
    destinations: Sequence[str],
    timeline: Iterable[Entry],
    anew: int = 0,
) -> Iterator[Item]:
    """The order's deliveries that wait or are dead letters.

    A dead letter that holds nothing has left its lane; the timeline names it, as long
    as it reaches back.

    Args:
        client: of the ledger; three round trips are made.
        root: the prefix of the order's partition.
        order_number: whose deliveries.
        destinations: whose lanes are looked at.
        timeline: the order's.
        anew: the version with which the number was used again, 0 for never.

    Raises:
        redis.RedisError: Redis did not answer.
    """
    lanes = _lanes(client, root, order_number, destinations)
    refs = {ref: where for where, lane in lanes.items() for ref in lane}
    suspects = [ref for ref in given_up(timeline) if ref not in refs]
    read = _read(client, root, {**refs, **dict.fromkeys(suspects, "")}, anew)
    items = {item.ref: item for item in placed(client, root, read)}
    for lane in lanes.values():
        yield from _in_lane([items[ref] for ref in lane])
    yield from (items[ref] for ref in suspects if items[ref].state == DEAD)


def kind_word(kind: object) -> str:
    """What an item is, for people: a change is a notification that is still to be."""
    word = text(kind)
    return Kind.NOTIFICATION if word == Kind.CHANGE else word


def last_failure(history: str) -> str:
    """The reason in the last line of an item's history; see `record_attempt`."""
    *_, last = history.splitlines() or [""]
    match = _FAILED.fullmatch(last)
    return match[1] if match else ""


def _in_lane(lane: Iterable[Item]) -> Iterator[Item]:
    waiting = [one for one in lane if one.state in UNDELIVERED]
    for place, one in enumerate(waiting):
        head = waiting[0]
        held = place > 0 and head.state == DEAD
        yield replace(one, head=head.ref if place else "", held=held)


def given_up(timeline: Iterable[Entry]) -> list[str]:
    """Refs of deliveries that were given up; some may have been replayed since."""
    notes = (note for entry in timeline for note in entry.notes)
    refs = (note["item"] for note in notes if note.code is Code.GIVEN_UP)
    found = (ref for ref in refs if ref.startswith(keys.DELIVERY_PREFIX))
    return list(dict.fromkeys(found))


def placed(client: "redis.Redis", root: str, items: Iterable[Item]) -> list[Item]:
    """The items with their moments, in one round trip; raises redis.RedisError."""
    found = list(items)
    pipeline = client.pipeline(transaction=False)
    for item in found:
        for ref in _names(item):
            pipeline.zscore(keys.due(root, item.destination), ref)
            pipeline.zscore(keys.leased(root, item.destination), ref)
            pipeline.zrank(keys.due(root, item.destination), ref)
    answers = iter(pipeline.execute())
    placed = []
    for item in found:
        reported = [[next(answers) for _ in range(3)] for _ in _names(item)]
        due, ends, rank = next(
            (one for one in reported if one[:2] != [None, None]), reported[0]
        )
        moment = ends if due is None else due
        due_ms = None if moment is None else number(moment)
        placed.append(replace(item, due_ms=due_ms, before=number(rank)))
    return placed


def _names(item: Item) -> tuple[str, ...]:
    """An item's ref; of a watch also the one that older releases have given it."""
    place = keys.watched(item.ref)
    return (item.ref, keys.order_ref(place[1])) if place else (item.ref,)


def _lanes(
    client: "redis.Redis", root: str, order_number: str, destinations: Sequence[str]
) -> dict[str, list[str]]:
    """The refs in each lane that is not empty, by destination."""
    pipeline = client.pipeline(transaction=False)
    for destination in destinations:
        pipeline.lrange(keys.lane(root, order_number, destination), 0, -1)
    lanes = zip(destinations, pipeline.execute(), strict=True)
    return {where: list(map(text, lane)) for where, lane in lanes if lane}


def _read(
    client: "redis.Redis", root: str, refs: dict[str, str], anew: int
) -> list[Item]:
    """The deliveries of these refs, each with the destination of its lane, if known."""
    pipeline = client.pipeline(transaction=False)
    for ref in refs:
        pipeline.hmget(keys.item(root, ref), _FIELDS)
    found = []
    for (ref, lane), answer in zip(refs.items(), pipeline.execute(), strict=True):
        destination, kind, state, attempts, code, why, seq, history = map(text, answer)
        kind = kind_word(kind)
        found.append(
            Item(
                ref=ref,
                kind=kind,
                destination=lane or destination,
                state=state,
                attempts=number(attempts),
                code=code,
                why=why,
                failed=last_failure(history),
                earlier=0 < number(seq) < anew,
            )
        )
    return found
