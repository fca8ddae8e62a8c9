"""Plan of an event: references, watch, timeline."""

from typing import Any

import pytest

from serializers.events.event import EventLine
from serializers.order_record import Expected, Order, Stamp
from serializers.timeline.codes import Code, note
from tasks.ledger_values import Held, Kind, Roster, WatchMove
from tests.defaults import plan_rules
from tests.tasks.fakes import RULES, START_MS
from tests.tasks.samples import after, changed, event, line, order


@pytest.mark.parametrize(
    ("facts", "reference"),
    [
        ({"westcon_number": "600"}, ("W", "600")),
        ({"westcon_number": "600", "purchase_order": "PO-7"}, ("W", "600")),
        ({"westcon_number": "600", "westcon_type": "C"}, ("C", "600")),
        ({"purchase_order": "PO-7"}, ("C", "PO-7")),
    ],
)
def test_an_order_is_watched_under_westcons_number_or_the_purchase_order(
    facts: dict[str, Any], reference: tuple[str, str]
) -> None:
    (plan,), _ = after(event("placed", **facts))

    assert plan.watch is WatchMove.START
    assert plan.order.westcon_reference == reference


def test_without_a_reference_there_is_no_watch_and_the_timeline_reports_it() -> None:
    (plan,), _ = after(event("placed"))

    assert plan.watch is WatchMove.NONE
    assert note(Code.NO_REFERENCE) in plan.notes


def test_without_westcon_there_is_no_watch() -> None:
    rules = plan_rules(westcon=False)

    (plan,), _ = after(event("placed", purchase_order="PO-7"), rules=rules)

    assert plan.watch is WatchMove.NONE
    assert note(Code.WESTCON_NOT_CONFIGURED) in plan.notes


def test_an_order_is_known_from_its_first_event_on() -> None:
    (plan,), held = after(changed(5, "10:SHI"))

    assert plan.order.seen_ms == plan.order.changed_ms == START_MS
    assert held.version == 1


def test_the_order_was_entered_when_it_was_placed() -> None:
    (plan,), _ = after(event("placed", 5))

    assert plan.order.placed_ms == START_MS + 5_000


def test_a_newer_event_replaces_references_and_an_older_one_fills_gaps() -> None:
    newer = event("placed", 10, westcon_number="600", purchase_order="PO-2")
    older = event(
        "customer_linked",
        5,
        westcon_number="500",
        purchase_order="PO-1",
        deck_number="D-1",
        endpoints=("acme",),
        customer_id="C-1",
    )

    _, held = after(newer, older)

    assert held.order is not None
    assert held.order.westcon_number == "600"
    assert held.order.purchase_order == "PO-2"
    assert held.order.deck_number == "D-1"
    assert held.order.endpoints == ("acme",)


def test_what_a_newer_event_does_not_state_stays() -> None:
    first = event("placed", 1, westcon_number="600", endpoints=("acme",))

    _, held = after(first, event("placed", 2))

    assert held.order is not None
    assert held.order.westcon_number == "600"
    assert held.order.endpoints == ("acme",)


def test_nobody_is_a_list_of_endpoints_too() -> None:
    plans, _ = after(event("placed", 1, endpoints=()), changed(2, "10:SHI"))

    assert plans[1].deliveries == ()


def test_an_endpoint_that_is_not_known_is_kept_for_and_named_in_the_timeline() -> None:
    (plan,), _ = after(changed(1, "10:SHI", endpoints=("acme", "acmee")))

    assert plan.notes[1:] == (note(Code.KEPT_FOR, "acmee"),)
    made = [(one.destination, one.kind) for one in plan.deliveries]
    assert made == [
        ("ingram/acme", Kind.NOTIFICATION),
        ("ingram/acmee", Kind.CHANGE),
    ]


def test_an_order_that_names_none_is_notified_to_the_ledgers_endpoints_too() -> None:
    held = Held(None, 0, roster=Roster("1", frozenset({"bravo", "acme", "new"})))

    (plan,), _ = after(changed(1, "10:SHI"), held=held)

    reported = [one.destination for one in plan.deliveries]
    assert reported == ["ingram/acme", "ingram/bravo", "ingram/new"]


def test_a_watch_begins_with_new_patience() -> None:
    old = Held(order(lines=(line("SCH"),), changed_ms=1, placed_ms=1), 3)

    (plan,), _ = after(event("placed", 1, purchase_order="PO-7"), held=old)

    assert plan.order.changed_ms == START_MS


def baseline(*events_before: str) -> Order:
    happened = [changed(n, each) for n, each in enumerate(events_before)]
    placed = event("placed", 9, purchase_order="PO-7", baseline=True)
    _, held = after(*happened, placed)
    assert held.order is not None
    return held.order


def test_a_baseline_holds_for_the_first_snapshot() -> None:
    assert baseline().baseline


def test_a_baseline_holds_although_the_erp_has_notified_a_line_before() -> None:
    assert baseline("10:SHI").baseline


def test_a_baseline_comes_too_late_for_an_order_that_was_looked_at() -> None:
    seen = order(lines=(line("SCH"),), placed_at=Stamp(1, (1, 0)))
    placed = event("placed", 1, purchase_order="PO-7", baseline=True)

    (plan,), _ = after(placed, held=Held(seen, 4))

    assert not plan.order.baseline


def test_an_older_event_does_not_turn_a_baseline_off() -> None:
    first = event("placed", 5, purchase_order="PO-7", baseline=True)

    _, held = after(first, event("placed", 1, purchase_order="PO-7"))

    assert held.order is not None
    assert held.order.baseline


def test_the_timeline_names_every_event() -> None:
    (plan,), _ = after(changed(1, "10:SHI"), rules=RULES)

    assert plan.notes == (note(Code.STATUS_CHANGED, "status_changed-1"),)


LINES = (EventLine("10", quantity="2", part_number="IM-1"), EventLine("20"))


def test_the_lines_of_an_order_that_is_placed_are_what_is_expected() -> None:
    _, held = after(event("placed", purchase_order="PO-7", lines=LINES))

    expected = (Expected("10", "2", "IM-1"), Expected("20"))
    assert held.order is not None
    assert (held.order.expected, held.order.lines) == (expected, ())


def test_the_newest_lines_are_expected_and_no_lines_change_nothing() -> None:
    more = event("placed", 2, lines=LINES)
    first = event("placed", 1, lines=LINES[:1])

    for events in ([first, more, event("placed", 3)], [more, first]):
        _, held = after(*events)
        assert held.order is not None
        assert len(held.order.expected) == len(LINES)


def test_an_older_event_brings_lines_where_none_are_known() -> None:
    _, held = after(event("placed", 2), event("placed", 1, lines=LINES))

    assert held.order is not None
    assert len(held.order.expected) == len(LINES)


def test_an_order_placed_without_a_number_is_watched_once_an_event_brings_it() -> None:
    numbered = event("customer_linked", 1, customer_id="C-1", westcon_number="600")

    (placed, linked), _ = after(event("placed"), numbered)

    assert placed.watch is WatchMove.NONE
    assert linked.watch is WatchMove.START
    assert linked.notes[-1] == note(Code.WATCHED_NOW)


def test_a_number_alone_watches_no_order_that_was_never_placed() -> None:
    numbered = event("customer_linked", 1, customer_id="C-1", westcon_number="600")

    (linked,), _ = after(numbered)

    assert linked.watch is WatchMove.NONE


@pytest.mark.parametrize("kind", ["customer_linked", "status_changed"])
def test_an_event_that_corrects_westcons_number_has_it_looked_at(kind: str) -> None:
    wrong = event("placed", westcon_number="60011111")
    right = event(kind, 1, customer_id="C", westcon_number="60012345")

    (_, corrected), _ = after(wrong, right)

    assert corrected.watch is WatchMove.LOOK


def test_an_event_that_repeats_westcons_number_moves_no_watch() -> None:
    first = event("placed", westcon_number="60012345")
    same = event("customer_linked", 1, customer_id="C", westcon_number="60012345")

    (_, repeated), _ = after(first, same)

    assert repeated.watch is WatchMove.NONE
