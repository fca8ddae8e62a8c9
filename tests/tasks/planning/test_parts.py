"""A change of many lines is notified in numbered parts, each a delivery of its own."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from serializers.ingram import encode
from serializers.order_record import Line
from tasks.ledger_values import NewDelivery
from tasks.planning.notifications import (
    PART_BYTES,
    NotifiedLine,
    part_id,
    parts,
    plan_notifications,
)
from tasks.planning.rules import PlanRules
from tests.defaults import endpoint_rule, plan_rules
from tests.tasks.fakes import RULES, START_MS, World
from tests.tasks.samples import (
    changed,
    line,
    order,
    run_hints,
    take_in,
    transitions,
)

LINES = [line("SHI", str(n), ship_date="2026-03-01") for n in range(10, 10_010, 10)]


def made(lines: Sequence[Line], rules: PlanRules = RULES) -> list[NewDelivery]:
    changes = transitions(*(("SCH", one) for one in lines))
    return list(plan_notifications(order(), changes, rules, START_MS)[1])


def to(deliveries: list[NewDelivery], destination: str) -> list[dict[str, Any]]:
    return [
        json.loads(one.payload)
        for one in deliveries
        if one.destination == f"ingram/{destination}"
    ]


def numbers(body: dict[str, Any]) -> list[str]:
    return [line["LineNumber"] for one in body["resource"] for line in one["lines"]]


def test_a_thousand_lines_are_notified_once_each_in_their_order() -> None:
    bodies = to(made(LINES), "acme")

    assert len(bodies) > 1
    assert [n for body in bodies for n in numbers(body)] == [ln.number for ln in LINES]


def test_each_part_has_an_id_of_its_own_that_states_which_of_how_many() -> None:
    deliveries = made(LINES)
    ids = [body["eventId"] for body in to(deliveries, "acme")]
    event_id = ids[0].partition("-")[0]

    assert ids == [f"{event_id}-{n}-{len(ids)}" for n in range(1, len(ids) + 1)]
    assert len(event_id) == 26
    assert [body["eventId"] for body in to(deliveries, "bravo")] == ids
    assert [one.id for one in deliveries if one.destination == "ingram/acme"] == [
        f"{id_}.acme" for id_ in ids
    ]


def test_parts_are_the_same_whenever_they_are_made() -> None:
    assert made(LINES) == made(LINES)


def test_what_fits_is_one_notification_under_its_plain_id() -> None:
    (body,) = to(made(LINES[:100]), "acme")

    assert len(body["eventId"]) == 26


def test_a_body_stays_below_what_common_servers_take() -> None:
    long = "\N{SNOWMAN}" * 500
    worst = [
        line(status, one.number, sub_order=long, part=long, vendor_part=long)
        for status in ("HLD", "BOR", "SHI", "INV", "REJ")
        for one in LINES[:20]
    ]
    wide = order(purchase_order=long)
    changes = transitions(*(("SCH", one) for one in worst))

    for spelling in encode.SPELLINGS:
        rules = plan_rules(endpoints={"acme": endpoint_rule(body=spelling)})
        _, deliveries = plan_notifications(wide, changes, rules, START_MS)
        sizes = [len(one.payload) for one in deliveries]
        assert len(sizes) > 1
        assert max(sizes) < 100_000


def test_event_types_stay_together_and_in_their_order_across_parts() -> None:
    mixed = [line("REJ", one.number) for one in LINES[:400]] + LINES[400:]

    bodies = to(made(mixed), "acme")

    types = [one["eventType"] for body in bodies for one in body["resource"]]
    assert types == sorted(types)
    assert set(types) == {"im::order_shipped", "im::order_voided"}


def test_an_endpoint_gets_the_parts_that_hold_what_it_wants() -> None:
    mixed = [line("REJ", one.number) for one in LINES[:400]] + LINES[400:]
    picky = endpoint_rule(events=frozenset({"im::order_voided"}))
    both = plan_rules(endpoints={"acme": endpoint_rule(), "picky": picky})

    deliveries = made(mixed, both)

    every = [body["eventId"] for body in to(deliveries, "acme")]
    wanted = to(deliveries, "picky")
    ids = [body["eventId"] for body in wanted]
    assert 0 < len(ids) < len(every)
    assert ids == every[-len(ids) :]
    assert [n for body in wanted for n in numbers(body)] == [
        ln.number for ln in mixed[:400]
    ]


def test_the_parts_are_sent_one_after_the_other_and_once() -> None:
    world = World()
    numbers_of = [str(n) for n in range(10, 10_010, 10)]
    shipped = changed(0, *(f"{number}:SHI" for number in numbers_of))
    again = replace(shipped, id="the same again", time_ms=START_MS + 1)

    take_in(world, shipped)
    run_hints(world)
    take_in(world, again)
    run_hints(world)

    assert world.ingram.notified() == [(number, "IM::shipped") for number in numbers_of]


NOTIFIED = st.tuples(
    st.tuples(
        st.sampled_from(("im::order_shipped", "im::order_voided")), st.booleans()
    ),
    st.none()
    | st.builds(
        encode.NotificationLine,
        *[st.text("aé\N{SNOWMAN}", max_size=40)] * 8,
    ),
)


@given(st.lists(NOTIFIED, max_size=30), st.integers(1, 2_000))
def test_nothing_is_lost_doubled_or_moved_and_every_part_fits(
    notified: list[NotifiedLine], part_bytes: int
) -> None:
    cut = parts(notified, part_bytes)

    assert [one for part in cut for one in part] == notified
    for part in cut:
        sizes = [encode.line_bytes(ln) + 1 for _, ln in part if ln is not None]
        assert sum(sizes) <= part_bytes or len(sizes) == 1


def test_a_part_is_filled_before_the_next_begins() -> None:
    small = encode.NotificationLine("1", "", "", "", "", "", "", "")
    size = encode.line_bytes(small) + 1
    notified: list[NotifiedLine] = [(("im::order_shipped", False), small)] * 7

    assert [len(part) for part in parts(notified, 3 * size)] == [3, 3, 1]
    assert [len(part) for part in parts(notified, 3 * size - 1)] == [2, 2, 2, 1]


def test_the_id_of_a_part_is_golden() -> None:
    assert part_id("H67A", 1, 1) == "H67A"
    assert part_id("H67A", 2, 3) == "H67A-2-3"
    assert PART_BYTES == 65_536
