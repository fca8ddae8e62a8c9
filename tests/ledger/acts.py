"""Shorthand for what tests do to a ledger."""

import itertools
from collections.abc import Sequence
from dataclasses import fields
from typing import Protocol

from serializers.order_record import Order
from serializers.results.result import NewResult, ResultType
from serializers.timeline.codes import Code, Note, note
from serializers.timeline.entry import decode
from tasks.ledger_values import (
    Admission,
    Advance,
    Begun,
    Claim,
    Delivery,
    Hint,
    Kind,
    NewDelivery,
    Settlement,
    WatchChange,
    WatchMove,
    Written,
)
from tasks.outcomes.outcome import Again, Done, GiveUp, Outcome
from tasks.services import Ledger
from tests.ledger import moving
from tests.ledger.clock import World
from workers.ledger import attempt_calls, keys
from workers.ledger.dead_letters import DeadLetter, WholeLetter
from workers.ledger.scripts import Call
from workers.ledger.watch_hashes import hashes
from workers.redis.answers import octets, text

_numbers = itertools.count()


class Holder(Protocol):
    """What has a ledger, whichever."""

    @property
    def ledger(self) -> Ledger: ...


DONE = Done()
AGAIN = Again(10.0, "busy", "http_503")
GIVE_UP = GiveUp("refused", "http_400")

#: What every event of these tests leaves on the timeline.
EVENT = note(Code.PLACED, "e-1")


LATEST_MS = 9_999_999_999_999


def link(id_: str = "L1", payload: bytes = b"link") -> NewDelivery:
    return NewDelivery(id_, "deck", Kind.LINK, payload)


def notification(id_: str = "N1", endpoint: str = "acme") -> NewDelivery:
    return NewDelivery(id_, f"ingram/{endpoint}", Kind.NOTIFICATION, b"told")


def change(id_: str = "C1", endpoint: str = "acme") -> NewDelivery:
    """A notification for an endpoint that the worker which made it does not know."""
    return NewDelivery(id_, f"ingram/{endpoint}", Kind.CHANGE, b"kept")


def root(world: World, number: str = "SO-1") -> str:
    return keys.prefix(moving.partition(world, number))


def admission(
    world: Holder,
    deliveries: Sequence[NewDelivery] = (),
    number: str = "SO-1",
    watch: WatchMove = WatchMove.NONE,
    digest: str = "",
) -> Admission:
    """An event of an id of its own, planned on the order's present version."""
    held = world.ledger.orders([number])[0]
    digest = digest or f"digest-{next(_numbers)}"
    order = held.order or Order(number, purchase_order="PO")
    version, made, roster = held.version, tuple(deliveries), held.roster.version
    watches = () if watch is WatchMove.NONE else (at_westcon(watch),)
    accepted = NewResult(ResultType.ACCEPTED, f"event:{digest}:accepted", b"{}")
    return Admission(
        "1-0",
        digest,
        "2:meaning",
        order,
        version,
        watches,
        made,
        (EVENT,),
        roster,
        results=(accepted,),
    )


def at_westcon(move: WatchMove) -> WatchChange:
    return WatchChange("westcon", move, "westcon")


def admit(
    world: Holder,
    *deliveries: NewDelivery,
    number: str = "SO-1",
    watch: WatchMove = WatchMove.NONE,
) -> Written:
    return world.ledger.admit([admission(world, deliveries, number, watch)])[0]


def disable(world: World, destination: str, name: str = "disable") -> None:
    """Disable a destination (or, with "unpark", enable it) in every partition."""
    for partition in range(world.partitions):
        prefix = keys.prefix(partition)
        world.scripts.run(Call(name, prefix, (destination,)))


def enable(world: World, destination: str) -> None:
    disable(world, destination, "enable")


def joined(hints: Sequence[Hint]) -> Hint:
    """One hint with the claims of several."""
    claims = tuple(one for hint in hints for one in hint.claims)
    return Hint(hints[0].destination, hints[0].partition, claims)


def fill(world: World, destination: str) -> None:
    """Leave no room at a destination, so that new work becomes due."""
    cap = world.destinations[destination].max_leased
    names = {f"filler-{n}": world.clock.now_ms + 10**9 for n in range(cap)}
    for partition in range(world.partitions):
        world.redis.zadd(f"{keys.prefix(partition)}leased:{destination}", names)


def claim(
    world: World, destination: str = "deck", most: int = 10, number: str = "SO-1"
) -> Hint:
    partition = keys.partition_of(number, world.partitions)
    known = world.destinations[destination]
    return world.claims.claim(known, partition, most, known.max_leased)


def claim_back(world: World, destination: str = "deck") -> Hint:
    """Claim what a dead worker held: at its lease's end, or a lease later."""
    world.clock.advance(world.retention.lease)
    claimed = claim(world, destination)
    if not claimed.claims:
        world.clock.advance(world.retention.lease)
        claimed = claim(world, destination)
    return claimed


def begin(world: Holder, hint: Hint, run: str = "run") -> list[Begun]:
    return world.ledger.begin(hint, hint.claims, run)


def going(world: Holder, hint: Hint, run: str = "run") -> list[str]:
    """Begin, and answer the refs that may go."""
    return [one.claim.ref for one in begin(world, hint, run) if _goes(one)]


def _goes(begun: Begun) -> bool:
    return isinstance(begun, Delivery) or hasattr(begun, "version")


def settle(world: World, hint: Hint, outcome: Outcome, run: str = "run") -> list[str]:
    """Report one outcome for all claims; what the script answered to each."""
    reported = [Settlement(one, outcome, "http") for one in hint.claims]
    retention, holds = world.retention, world.destinations[hint.destination].holds
    answers = world.scripts.run_all(
        [
            attempt_calls.settle(one, hint, run, retention, holds=holds)
            for one in reported
        ]
    )
    return [answer[0].decode() for answer in answers]


def settlement(hint: Hint, outcome: Outcome) -> Settlement:
    return Settlement(hint.claims[0], outcome, "http")


def timeline(world: World, number: str = "SO-1") -> list[Note]:
    """The notes of an order's timeline, without their moments."""
    entries = world.redis.lrange(f"{root(world, number)}log:{number}", 0, -1)
    return [n for one in entries for n in decode(octets(one), number).notes]


def everything(world: World) -> dict[str, object]:
    """Every key of the ledger with its value, as Redis would write it down."""
    return {
        text(key): world.redis.dump(key) for key in set(world.redis.scan_iter("{wb:*"))
    }


def sent(world: Holder, hint: Hint, run: str = "run") -> Hint:
    """Begin all claims of a hint, which must all go."""
    assert len(going(world, hint, run)) == len(hint.claims)
    return hint


def dead(world: World, new: NewDelivery, number: str = "SO-1") -> Hint:
    """Have a delivery given up at its first attempt; its hint."""
    hint = sent(world, admit(world, new, number=number).leased[0])
    assert settle(world, hint, GIVE_UP) == ["dead"]
    return hint


def hint(destination: str, ref: str, fence: int) -> Hint:
    """A hint of one claim, in the first partition."""
    return Hint(destination, 0, (Claim(ref, fence),))


def only(hint: Hint, ref: str) -> Hint:
    mine = tuple(one for one in hint.claims if one.ref == ref)
    assert mine, f"{ref} was not claimed"
    return Hint(hint.destination, hint.partition, mine)


def watch(world: Holder, number: str = "SO-1") -> Hint:
    """Start an order's watch, and answer its hint."""
    return admit(world, number=number, watch=WatchMove.START).leased[0]


def seen(
    world: Holder,
    hint: Hint,
    *deliveries: NewDelivery,
    order: Order | None = None,
    next_look: float | None = 300.0,
) -> Advance:
    """What a poll saw of the hint's first order, on its present version."""
    number = number_of(hint.claims[0].ref)
    held = world.ledger.orders([number])[0]
    return Advance(
        claim=hint.claims[0],
        number=number,
        version=held.version,
        order=order,
        next_look=next_look,
        deliveries=deliveries,
        notes=() if order is None else (note(Code.LOOK),),
        roster=held.roster.version,
        # Walks turn the clock back, and none of their answers is late.
        asked_ms=LATEST_MS,
    )


def number_of(ref: str) -> str:
    """The order's number of a watch."""
    place = keys.watched(ref)
    assert place is not None, f"{ref} is no watch"
    return place[1]


def field(world: World, ref: str, name: str, number: str = "SO-1") -> str:
    """One field of an item, "" when it is missing."""
    prefix = root(world, number)
    value = world.redis.hget(hashes(world.redis, prefix, [ref])[ref], name)
    return value.decode() if isinstance(value, bytes) else str(value or "")


def state(world: World, ref: str, number: str = "SO-1") -> str:
    return field(world, ref, "state", number)


def known(world: World, number: str) -> bool:
    """Whether an order's hash is there."""
    return bool(world.redis.exists(root(world, number) + keys.order_ref(number)))


def counted(world: World, name: str) -> int:
    """How often something happened, over all partitions."""
    prefixes = map(keys.prefix, range(world.partitions))
    return sum(int(world.redis.hget(f"{p}counts", name) or 0) for p in prefixes)


def due_in(world: World, destination: str, ref: str, number: str = "SO-1") -> int:
    """Milliseconds until an item is due."""
    score = world.redis.zscore(f"{root(world, number)}due:{destination}", ref)
    assert score is not None, f"{ref} is not due"
    return int(score) - world.clock.now_ms


def letter(world: World) -> WholeLetter:
    """The oldest dead letter, with its bytes."""
    found = world.letters.find(next(world.letters.all()).id)
    assert found is not None
    return found


def listed(found: WholeLetter | None) -> DeadLetter:
    """What of a letter is listed."""
    assert found is not None
    names = [each.name for each in fields(DeadLetter)]
    return DeadLetter(**{name: getattr(found, name) for name in names})
