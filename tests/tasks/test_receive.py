"""Events of the stream become durable, and only then are acknowledged."""

import json
from dataclasses import replace

import pytest

from serializers.events import decode
from serializers.events.decode import OrderEvent
from serializers.events.entry import MAX_BYTES
from serializers.events.entry_fields import (
    FIRST_ENTRY,
    Apart,
    Fields,
    of_event,
    replayed,
)
from serializers.timeline.codes import Code, note
from tasks.ledger_values import Held
from tasks.planning.plan import Plan, plan
from tasks.planning.rules import PlanRules
from tasks.receive import PLANS, receive
from tests.serializers.events.event_samples import wire
from tests.tasks.fakes import ACME, RULES, World
from tests.tasks.samples import changed, event, publish, release, take_in


def test_an_event_is_admitted_its_hints_are_sent_and_its_entry_acknowledged() -> None:
    world = World()

    counts = take_in(world, event("placed", 1, purchase_order="PO-7", customer_id="C"))

    assert counts == {"admitted": 1}
    assert [hint.destination for hint in world.hints.sent] == ["deck", "westcon"]
    assert world.ledger.acknowledged == list(world.ledger.stream)
    # Most often such an event makes its order, which is supposed and not asked.
    assert world.ledger.trips == ["start_entries", "admit"]


def test_an_order_that_is_known_is_planned_on_what_admitting_it_answers() -> None:
    world = World()
    take_in(world, changed(1, "10:SHI"))
    world.ledger.trips.clear()

    counts = take_in(world, event("placed", 2, purchase_order="PO-7", customer_id="C"))

    assert counts == {"admitted": 1}
    assert world.ledger.trips == ["start_entries", "admit", "admit"]
    held = world.ledger.order("SO-1")
    assert (held.customer_id, len(held.lines)) == ("C", 1)


def test_an_order_is_asked_for_before_its_event_is_refused_for_it() -> None:
    world = World()
    take_in(world, changed(1, "10:SHI"))
    placed = event("placed", 2, customer_id="C")
    plain = world.services()

    def planned_for_new_ones(
        event: OrderEvent, entry: str, held: Held, rules: PlanRules, now_ms: int
    ) -> Plan:
        if held.order is None:
            raise ArithmeticError("no such order")
        return plan(event, entry, held, rules, now_ms)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tasks.receive.plan", planned_for_new_ones)
        counts = receive(publish(world, placed), plain).counts

    assert counts == {"admitted": 1}
    assert world.ledger.buried == []


def test_an_event_that_comes_twice_has_one_effect() -> None:
    world = World()
    one = changed(1, "10:SHI")

    counts = take_in(world, one, one)

    assert counts == {"admitted": 1, "duplicate": 1}
    assert len(world.items_at(ACME)) == 1
    assert len(world.ledger.acknowledged) == 2


def test_one_id_of_two_sources_is_two_events() -> None:
    world = World()
    one = changed(1, "10:SHI", id="e", source="/erp/north")

    counts = take_in(world, one, changed(2, "10:INV", id="e", source="/erp/south"))

    assert counts == {"admitted": 2}
    assert len(world.items_at(ACME)) == 2


def test_the_same_id_with_other_content_is_buried_and_acknowledged() -> None:
    world = World()
    entries = publish(world, changed(1, "10:SHI", id="e"), changed(1, "10:INV", id="e"))

    counts = receive(entries, world.services()).counts

    assert counts == {"admitted": 1, "dead": 1}
    assert world.ledger.buried == [(entries[1], "conflict")]
    assert world.ledger.acknowledged == entries


def test_a_conflict_states_which_event_it_was_and_what_differs() -> None:
    world = World()
    one, other = changed(1, "10:SHI", id="e"), changed(2, "10:INV", id="e")

    (refused,) = receive(publish(world, one, other), world.services()).refused

    assert refused.why == (
        f"event e of {one.source} was accepted before with other content in time,"
        " data.lines; give each event an id of its own"
    )
    assert refused.text() == "conflict"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"specversion": "1.0"}'])
def test_what_is_no_event_is_buried_and_acknowledged(body: bytes) -> None:
    world = World()
    world.ledger.stream = {"1-0": body}

    counts = receive(["1-0"], world.services()).counts

    assert counts == {"dead": 1}
    assert world.ledger.buried == [("1-0", "malformed")]
    assert world.ledger.trips == ["start_entries", "bury_event"]
    assert world.ledger.acknowledged == ["1-0"]


def test_one_malformed_event_does_not_keep_the_others() -> None:
    world = World()
    (good,) = publish(world, changed(1, "10:SHI"))
    world.ledger.stream["1-0"] = b"{"

    assert receive(["1-0", good], world.services()).counts == {"admitted": 1, "dead": 1}


def put(world: World, **data: object) -> list[str]:
    """Write an event with these members of `data` into the stream."""
    event = wire(**{f"data__{name}": value for name, value in data.items()})
    world.ledger.stream["1-0"] = json.dumps(event).encode()
    return ["1-0"]


def test_an_event_with_a_slip_is_admitted_and_the_slip_is_reported_once() -> None:
    world = World()
    entries = put(world, custommer_id="C-1", colour="red")

    first = receive(entries, world.services())
    again = receive(entries, world.services())

    assert first.counts == {"admitted": 1}
    assert [(order, one.path, one.meant) for order, one in first.misspelled] == [
        ("SO-1", "data.custommer_id", "customer_id")
    ]
    assert again.misspelled == []
    (notes,) = world.ledger.log["SO-1"]
    assert notes[-1] == note(Code.MISSPELLED, "data.custommer_id", "customer_id")


@pytest.mark.parametrize("name", ["custommer_id", "colour"])
def test_strict_events_are_refused_for_any_member_that_is_not_declared(
    name: str,
) -> None:
    world = World(rules=replace(RULES, strict_events=True))

    received = receive(put(world, **{name: "x"}), world.services())

    (refused,) = received.refused
    assert received.counts == {"dead": 1}
    assert refused.why.startswith(f"event: data.{name}: ")
    assert refused.code == "malformed"


def test_what_is_too_large_is_buried_unread_and_does_not_keep_the_others() -> None:
    world = World()
    (good,) = publish(world, changed(1, "10:SHI"))
    world.ledger.stream["1-0"] = b"x" * (MAX_BYTES + 1)

    received = receive(["1-0", good], world.services())

    assert received.counts == {"admitted": 1, "dead": 1}
    assert world.ledger.buried == [("1-0", "malformed")]
    assert "bury_event" not in world.ledger.trips
    assert sorted(world.ledger.acknowledged) == sorted(["1-0", good])
    (refused,) = received.refused
    # Whatever its size, it is of one cause with any other event that is too large.
    assert refused.why == "event: 1048582 bytes in its entry, at most 1048576 allowed"


def test_what_is_dropped_before_it_is_buried_is_forgotten() -> None:
    world = World()
    world.ledger.stream["1-0"] = b"x" * (MAX_BYTES + 1)
    world.ledger.meanwhile = [lambda: world.ledger.stream.pop("1-0")]

    assert receive(["1-0"], world.services()).finished == []
    assert world.ledger.forgotten == ["1-0"]


def test_what_has_no_room_in_memory_comes_after_the_others() -> None:
    world = World()
    entries = publish(world, *(changed(n, "10:SHI", id=f"e{n}") for n in range(1, 6)))
    world.ledger.fitting = 2

    received = receive(entries, world.services())

    assert received.counts == {"admitted": 5}
    assert world.ledger.acknowledged == entries
    assert world.ledger.trips.count("start_entries") == 3


def test_what_is_to_be_begun_alone_is_admitted_after_the_others_and_alone() -> None:
    world = World()
    entries = publish(world, *(changed(n, "10:SHI", id=f"e{n}") for n in range(1, 4)))
    world.ledger.apart = {entries[0]: Apart(5)}
    services, beside = world.services(), list[tuple[str, bool]]()
    plain = world.ledger._trip

    def noting(trip: str) -> None:
        beside.append((trip, services.company._is_alone))
        plain(trip)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(world.ledger), "_trip", lambda _, trip: noting(trip))
        received = receive(entries, services)

    assert received.counts == {"admitted": 3}
    assert world.ledger.acknowledged == [*entries[1:], entries[0]]
    assert next(trip for trip, alone in beside if alone) == "started_alone"
    assert ("start_entries", False) in beside
    assert beside[-1] == ("admit", True)


def test_an_entry_that_is_gone_is_not_settled_but_forgotten() -> None:
    world = World()

    assert receive(["1-0"], world.services()).counts == {"gone": 1}
    assert world.ledger.acknowledged == []
    assert world.ledger.forgotten == ["1-0"]


@pytest.mark.parametrize("broken", ["orders", "admit", "bury_event"])
def test_nothing_more_is_acknowledged_without_an_answer(broken: str) -> None:
    world = World()
    entries = publish(world, changed(1, "10:SHI"))
    world.ledger.stream["1-0"] = b"{"
    world.ledger.broken = {broken}

    with pytest.raises(ConnectionError):
        receive(["1-0", *entries], world.services())

    durable = entries if broken == "bury_event" else []
    assert world.ledger.acknowledged == durable


def test_an_order_that_changed_meanwhile_is_planned_anew() -> None:
    world = World()
    rival = publish(world, changed(1, "10:SHI", id="rival"))
    world.ledger.meanwhile = [lambda: receive(rival, world.services())]

    counts = take_in(world, changed(2, "10:INV"))
    release(world)

    assert counts == {"admitted": 1}
    assert world.ingram.notified() == [("10", "IM::shipped"), ("10", "IM::invoiced")]
    assert world.ledger.records["SO-1"][0] == 2


def test_an_event_of_an_order_that_never_stands_still_is_left_in_the_stream() -> None:
    world = World()
    take_in(world, changed(1, "20:SCH"))

    def touched() -> None:
        version, record = world.ledger.records["SO-1"]
        world.ledger.records["SO-1"] = (version + 1, record)

    world.ledger.meanwhile = [touched] * PLANS

    counts = take_in(world, changed(2, "10:INV"))

    assert counts == {"left": 1}
    assert len(world.ledger.acknowledged) == 1


def test_events_of_one_order_keep_the_streams_order() -> None:
    world = World()
    entries = publish(
        world, *(changed(9, f"10:{code}") for code in ("BOR", "SHI", "INV"))
    )
    for entry, code in zip(entries, ("BOR", "SHI", "INV"), strict=True):
        world.ledger.stream[entry] = decode.encode(changed(9, f"10:{code}", id=code))

    receive([entries[2], entries[0], entries[1]], world.services())
    release(world)

    assert [status for _, status in world.ingram.notified()] == [
        "IM::backordered",
        "IM::shipped",
        "IM::invoiced",
    ]


def test_a_stale_event_keeps_its_place_before_the_orders_later_ones() -> None:
    world = World()
    take_in(world, changed(0, "20:SCH"))

    def touched() -> None:
        version, record = world.ledger.records["SO-1"]
        world.ledger.records["SO-1"] = (version + 1, record)

    world.ledger.meanwhile = [touched]

    take_in(world, changed(1, "10:SHI"), changed(2, "10:INV"))
    release(world)

    assert world.ingram.notified() == [("10", "IM::shipped"), ("10", "IM::invoiced")]


def test_events_of_many_orders_are_admitted_in_one_round_trip() -> None:
    world = World()
    happened = [changed(n, "10:SHI", order_number=f"SO-{n}") for n in range(20)]

    take_in(world, *happened)

    assert world.ledger.trips == ["start_entries", "orders", "admit"]


def test_an_empty_batch_does_nothing_that_matters() -> None:
    world = World()

    assert receive([], world.services()).counts == {}
    assert world.ledger.acknowledged == []


def undated(customer: str) -> Fields:
    """The entry of a link without a time."""
    plain = event("customer_linked", id=customer, customer_id=customer, time_ms=None)
    return of_event(decode.encode(plain))


def customer(world: World) -> str:
    return world.ledger.order("SO-1").customer_id


def test_a_replayed_event_without_a_time_is_no_newer_than_when_it_first_came() -> None:
    world = World()
    old, new = f"{world.clock.ms}-0", f"{world.clock.ms}-1"
    again = f"{world.clock.ms + 9_000}-0"
    world.ledger.stream = {new: undated("NEW"), again: replayed(undated("OLD"), old)}

    for entry in (new, again):
        receive([entry], world.services())

    assert customer(world) == "NEW"


@pytest.mark.parametrize(
    "noted", [b"", b"?", b"1-", b"-1", b"9999999999999-0", b"1" * 40 + b"-0", b"\xff"]
)
def test_a_note_that_is_no_earlier_entry_dates_nothing(noted: bytes) -> None:
    world = World()
    first, second = f"{world.clock.ms}-0", f"{world.clock.ms}-1"
    odd = (*undated("NEW"), (FIRST_ENTRY, noted))
    world.ledger.stream = {first: undated("OLD"), second: odd}

    for entry in (first, second):
        receive([entry], world.services())

    assert customer(world) == "NEW"
