"""A number that is used again: each of its orders has ids of its own."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from serializers.formats.compression import inflate
from serializers.formats.ids import event_id
from serializers.order_record import _WORDS, LAYOUT, PLAIN, Order, pack, unpack
from tasks.ledger_values import Held, NewDelivery
from tasks.planning.identity import identity
from tasks.planning.notifications import plan_cancellation, plan_notifications
from tasks.planning.plan import Plan
from tasks.receive import receive
from tests.tasks.fakes import RULES, START_MS, World
from tests.tasks.samples import (
    NUMBER,
    after,
    changed,
    event,
    line,
    order,
    publish,
    release,
    reported,
    take_in,
    transitions,
)

MONTH = 30 * 86_400

#: An order's record as the release before incarnations packs it; its line 10 is SHI.
OLD = bytes.fromhex(
    "018b36044afbeb1a02f901febae6203781513898023bcad0dcdcc8d8ccccc4c0c0d0c8182f0f"
    "e45488777470d0b120cf9881559b9822f9042684ec58335d03235d0390cb4c9562636301"
)


def forget(world: World, number: str = "SO-1") -> None:
    """What is left of an order after its retention: nothing."""
    del world.ledger.records[number]
    del world.ledger.items[f"watch:westcon:{number}"]
    world.ledger.seen.clear()
    for ref in [r for r, item in world.ledger.items.items() if item.order == number]:
        del world.ledger.items[ref]


def live(world: World, life: str, second: float = 0) -> None:
    """One order of the number, from its placing to its cancellation."""
    world.westcon.lines = {NUMBER: (reported("SCH"),)}
    placed = event("placed", second, westcon_number=NUMBER, customer_id="C-1")
    take_in(world, replace(placed, id=f"placed-{life}"))
    release(world)
    take_in(world, event("cancelled", second + 1, id=f"cancelled-{life}"))
    release(world)


def first_seen(received: Iterable[tuple[str, str, bytes, int]]) -> list[str]:
    """The statuses that a receiver takes which drops what it has had."""
    ids: dict[str, bytes] = {}
    for name, id_, body, _ in received:
        if name == "acme":
            ids.setdefault(id_, body)
    return [
        one["lineStatus"]
        for body in ids.values()
        for one in json.loads(body)["resource"][0]["lines"]
    ]


@pytest.mark.parametrize("second", [0, 2 * MONTH], ids=["the same time", "later"])
def test_a_void_of_a_number_used_again_is_new_to_who_drops_repeats(second: int) -> None:
    world = World()

    live(world, "1")
    forget(world)
    world.clock.pass_seconds(2 * MONTH)
    live(world, "2", second)

    assert first_seen(world.ingram.received).count("IM::voided") == 2


def test_who_names_events_by_the_order_alone_has_two_orders_all_the_same() -> None:
    world = World()

    live(world, "1")
    forget(world)
    world.clock.pass_seconds(2 * MONTH)
    live(world, "1", 2 * MONTH)

    assert first_seen(world.ingram.received).count("IM::voided") == 2


def test_the_links_of_two_orders_of_a_number_have_two_ids() -> None:
    placed = event("placed", customer_id="C-1")
    (first,), _ = after(placed)
    (second,), _ = after(replace(placed, id="another"))

    assert [one.payload for one in first.deliveries] == [
        one.payload for one in second.deliveries
    ]
    assert ids(first).isdisjoint(ids(second))


def ids(plan: Plan) -> set[str]:
    return {one.id for one in plan.deliveries}


def test_the_same_event_makes_the_same_order_again() -> None:
    happened = [event("placed", customer_id="C-1"), changed(1, "10:SHI")]
    plans, _ = after(*happened)
    # Redis was restored to a moment before them; they are read again an hour later.
    again, _ = after(*happened, later_ms=3_600_000)

    assert [one.order.incarnation for one in again] == [
        one.order.incarnation for one in plans
    ]
    assert [ids(one) for one in again] == [ids(one) for one in plans]


def test_an_incarnation_is_fixed_whatever_happens_to_the_order() -> None:
    placed = event("placed", 5, westcon_number=NUMBER)
    rest = (
        event("placed", 9, westcon_number=NUMBER),
        event("placed", 1),
        event("customer_linked", 6, customer_id="C-1"),
        changed(7, "10:SHI"),
        event("cancelled", 8),
    )

    plans, _ = after(placed, *rest)
    wrong = plans[0].order._replace(placed_ms=253_402_214_400_000)
    healed, _ = after(event("placed", 9), held=Held(wrong, 1))

    assert {one.order.incarnation for one in (*plans, *healed)} == {
        plans[0].order.incarnation
    }
    assert plans[0].order.incarnation > 0


def test_what_overtakes_the_first_event_gives_the_order_its_incarnation() -> None:
    world = World()
    first, second = event("placed", 1), event("placed", 2)
    (entry,) = publish(world, first)
    world.ledger.meanwhile = [lambda: take_in(world, second)]

    receive([entry], world.services())

    (alone,), _ = after(second)
    assert world.ledger.order("SO-1").incarnation == alone.order.incarnation
    assert world.ledger.order("SO-1").placed_ms == START_MS + 2_000


def test_an_order_without_a_record_is_a_new_one_even_where_its_versions_go_on() -> None:
    placed = event("placed")
    (first,), held = after(placed)

    (second,), _ = after(replace(placed, id="p-2"), held=Held(None, held.version))

    assert first.order.incarnation != second.order.incarnation


# What an upgrade must not change.


def test_an_order_of_the_release_before_keeps_its_ids() -> None:
    old = unpack(OLD)

    assert old.incarnation == 0
    assert unpack(pack(old)) == old
    assert shared(notified(old)) == {"JC3KZAM800J0BFNX1C4ME5TDZ5"}
    assert shared(plan_cancellation(old, RULES, START_MS)[1]) == {
        "9DTV6V6K1X8HF067TYPHCXSY8Q"
    }
    moved = event("customer_linked", 1, customer_id="C-1")
    (plan,), _ = after(moved, held=Held(order(), 3))
    assert shared(plan.deliveries) == {"DF4EXPXMJ79D7V90TR7KWVDEEM"}


def shared(deliveries: Sequence[NewDelivery]) -> set[str]:
    return {one.id.partition(".")[0] for one in deliveries}


def notified(of: Order) -> tuple[NewDelivery, ...]:
    return plan_notifications(of, transitions(("SCH", line("SHI"))), RULES, START_MS)[1]


def test_no_id_of_an_incarnation_is_that_of_an_older_order() -> None:
    new = order(incarnation=4)

    assert shared(notified(new)).isdisjoint(shared(notified(order())))
    assert event_id(*identity(new)) != event_id("SO-1", "4")


def test_the_release_before_inflates_a_record_and_leaves_it_to_this_one() -> None:
    """It has the same words, and asks for the layout first."""
    new = order(incarnation=2**40 - 1, cancelled=True, baseline=True)

    layout, *_ = json.loads(inflate(pack(new)[1:], _WORDS))

    assert layout == PLAIN == 3
    moved = (new._replace(account="dach"), new._replace(site="us"))
    for one in moved:
        layout, *_ = json.loads(inflate(pack(one)[1:], _WORDS))
        assert layout == LAYOUT == 4
