"""Whatever working on one item raises is that item's outcome, nobody else's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pytest

from serializers.events import decode
from serializers.order_record import Stamp
from serializers.timeline.codes import Code, note
from tasks.execution.link import link
from tasks.ledger_values import Hint
from tasks.outcomes.outcome import Again, Done, GiveUp
from tasks.planning.rules import DECK
from tasks.planning.statuses import DEFAULT_STATUSES, StatusRule
from tasks.polling.poll import poll
from tasks.receive import receive
from tests.tasks.fakes import RULES, START_MS, World
from tests.tasks.known_orders import known, numbered
from tests.tasks.samples import (
    changed,
    event,
    order,
    publish,
    release,
    reported,
    watched,
)


@dataclass(frozen=True)
class Spiked(Mapping[str, StatusRule]):
    """Rules of statuses with a defect: one of them cannot be looked up."""

    def __getitem__(self, status: str) -> StatusRule:
        if status == "BAD":
            raise ArithmeticError("Anna's order")
        return DEFAULT_STATUSES[status]

    def __iter__(self) -> Iterator[str]:
        return iter(DEFAULT_STATUSES)

    def __len__(self) -> int:
        return len(DEFAULT_STATUSES)


def spiked() -> World:
    return World(rules=replace(RULES, statuses=Spiked()))


@pytest.mark.parametrize("place", [0, 4, 9])
def test_an_event_that_cannot_be_planned_is_buried_and_nine_others_are_reported(
    place: int,
) -> None:
    world = spiked()
    happened = [changed(n, "10:SHI", order_number=f"SO-{n}") for n in range(10)]
    happened[place] = changed(place, "10:BAD", order_number="SO-X")
    entries = publish(world, *happened)

    counts = receive(entries, world.services()).counts
    release(world)

    assert counts == {"admitted": 9, "dead": 1}
    assert world.ledger.buried == [(entries[place], "ArithmeticError")]
    assert sorted(world.ledger.acknowledged) == sorted(entries)
    assert len(world.ingram.notified()) == 9


def test_the_other_events_of_its_order_are_admitted() -> None:
    world = spiked()
    happened = [changed(1, "10:SHI"), changed(2, "10:BAD"), changed(3, "10:INV")]

    counts = receive(publish(world, *happened), world.services()).counts
    release(world)

    assert counts == {"admitted": 2, "dead": 1}
    assert world.ingram.notified() == [("10", "IM::shipped"), ("10", "IM::invoiced")]


def test_a_look_that_cannot_be_compared_comes_again_and_nine_others_are_notified() -> (
    None
):
    world = spiked()
    hint = known(world, *(numbered(n) for n in range(10)), status="SHI")
    world.westcon.lines["604"] = (reported("BAD", order_number="604"),)

    report = poll(world.westcon, hint, world.services())
    release(world)

    bad = report.outcomes.pop("watch:westcon:SO-4")
    why = "unexpected ArithmeticError"
    assert bad == Again(10.5, why, "ArithmeticError", ambiguous=True)
    assert set(report.outcomes.values()) == {Done()}
    assert len(world.ingram.notified()) == 9


def test_a_look_that_never_can_be_compared_becomes_a_dead_letter() -> None:
    world = spiked()
    hint = known(world, numbered(0), status="BAD")
    world.ledger.items["watch:westcon:SO-0"].attempts = 3

    (outcome,) = poll(world.westcon, hint, world.services()).outcomes.values()

    assert isinstance(outcome, GiveUp)
    assert outcome.reason.startswith("unexpected ArithmeticError")


def test_a_damaged_record_buries_the_event_with_what_is_wrong_with_it() -> None:
    world = World()
    world.ledger.records["SO-1"] = (3, b"?")
    other = changed(1, "10:SHI", order_number="SO-2")
    entries = publish(world, changed(0, "10:SHI"), other)

    counts = receive(entries, world.services()).counts

    assert counts == {"admitted": 1, "dead": 1}
    assert world.ledger.buried == [(entries[0], "record")]


def test_a_payload_that_cannot_be_read_comes_again_and_the_others_are_linked() -> None:
    world = World()
    linked = [
        event("customer_linked", n, order_number=f"SO-{n}", customer_id="C")
        for n in range(3)
    ]
    receive(publish(world, *linked), world.services())
    hints = [one for one in world.hints.sent if one.destination == DECK]
    refs = [claim for one in hints for claim in one.claims]
    world.ledger.items[refs[1].ref].payload = b"\xff"

    report = link(world.deck, Hint(DECK, 0, tuple(refs)), world.services())

    assert [type(one) for one in report.outcomes.values()] == [Done, Again, Done]
    assert len(world.deck.links) == 2


#: SO-1 as the release before this one has written it, from impossible-moment.json:
#: 0001-01-01T00:00:00+01:00 is an hour before the first moment of the calendar.
YEAR_0 = -62_135_600_400_000


def ten_orders(world: World) -> Hint:
    """SO-0 to SO-9 under watch at once; SO-1 with a moment that nothing can hold."""
    numbers = range(10)
    orders = [order(number=f"SO-{n}", westcon_number=f"60{n}") for n in numbers]
    stamp = Stamp(YEAR_0, (START_MS - 9, 0))
    orders[1] = orders[1]._replace(placed_ms=YEAR_0, facts_at=stamp, placed_at=stamp)
    for n in numbers:
        world.westcon.lines[f"60{n}"] = (reported("SHI", order_number=f"60{n}"),)
    return watched(world, *orders)


def test_a_record_with_an_impossible_moment_delays_nobody_and_is_reported_itself() -> (
    None
):
    world = World()

    report = poll(world.westcon, ten_orders(world), world.services())
    release(world)

    assert report.counts() == {"done": 10}
    assert len(world.ingram.notified()) == 10


def test_an_order_with_an_impossible_moment_is_healed_by_publishing_it_again() -> None:
    world = World()
    ten_orders(world)
    again = event("placed", id="SO-1-2", westcon_number="601")

    counts = receive(publish(world, again), world.services()).counts

    assert counts == {"admitted": 1}
    assert world.ledger.order("SO-1").placed_ms == START_MS
    assert world.ledger.order("SO-1").placed_at.time_ms == START_MS


def test_the_event_with_the_impossible_moment_is_taken_without_it() -> None:
    world = World()
    placed = event("placed", westcon_number="601", time_ms=None)
    body = decode.encode(placed).replace(
        b'"type"', b'"time":"0001-01-01T00:00:00+01:00","type"'
    )
    world.ledger.stream[f"{START_MS}-1"] = body

    counts = receive([f"{START_MS}-1"], world.services()).counts

    assert counts == {"admitted": 1}
    assert world.ledger.order("SO-1").placed_ms == START_MS
    assert (
        note(Code.NO_TIME, "0001-01-01T00:00:00+01:00") in world.ledger.log["SO-1"][0]
    )
