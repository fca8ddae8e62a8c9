"""Orders that are asked for by purchase orders which look alike, over real sockets."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.http.fault import Fault
from sandbox.partners.westcon.plans import OrderLine, steps_of
from serializers.order_record import Order
from serializers.timeline.codes import Code, note
from tasks.ledger_values import Hint, WatchMove
from tasks.outcomes.outcome import Done, GiveUp, Later
from tests.ledger import acts
from tests.watching.site import RULES, Site

ROUTE = "westcon.order_status"
PAIRS = [("0045001", "45001"), ("po-77a", "PO-77A"), ("00aB-1", "ab-1")]
#: Longer than any grace for an order that Westcon does not know yet.
DAYS_MS = 3 * 86_400_000


def watched(site: Site, **purchase_orders: str) -> Hint:
    """Orders that have nothing but their purchase orders."""
    clock = site.world.clock
    hints: list[Hint] = []
    for number, purchase_order in purchase_orders.items():
        order = Order(
            number,
            purchase_order=purchase_order,
            placed_ms=clock.now_ms,
            seen_ms=clock.now_ms,
            changed_ms=clock.now_ms,
        )
        one = acts.admission(site.world, number=number, watch=WatchMove.START)
        hints += site.world.ledger.admit([replace(one, order=order)])[0].leased
    return acts.joined(hints)


def known(site: Site, westcon: str, purchase_order: str, n_lines: int) -> None:
    """An order at Westcon with so many lines, all shipped."""
    site.sandbox.orders.stepping(westcon, ["SHI"], n_lines=n_lines)
    state = site.sandbox.orders.look(westcon)
    assert state is not None
    site.sandbox.orders.put(westcon, state.lines, purchase_order, state.plan)


def lines_of(site: Site, number: str) -> int:
    return len(site.reported(number))


@pytest.mark.parametrize("faults", [(), (Fault.folded(),)])
@pytest.mark.parametrize("pair", PAIRS)
def test_two_purchase_orders_that_look_alike_have_each_their_own_lines(
    site: Site, pair: tuple[str, str], faults: tuple[Fault, ...]
) -> None:
    known(site, "7001", pair[0], 1)
    known(site, "7002", pair[1], 2)
    for fault in faults:
        site.sandbox.faults.order(ROUTE, fault, times=None)

    report = site.polled(watched(site, a=pair[0], b=pair[1]))

    assert set(report.outcomes.values()) == {Done()}
    assert (lines_of(site, "a"), lines_of(site, "b")) == (1, 2)


@pytest.mark.parametrize("pair", PAIRS)
def test_an_order_that_is_not_there_yet_is_not_given_the_lines_of_its_likeness(
    site: Site, pair: tuple[str, str]
) -> None:
    known(site, "7002", pair[1], 2)
    site.sandbox.faults.order(ROUTE, Fault.folded(), times=None)

    report = site.polled(watched(site, a=pair[0], b=pair[1]))

    waits = report.outcomes["watch:westcon:a"]
    assert isinstance(waits, Later)
    assert waits.code == "other_order"
    assert report.outcomes["watch:westcon:b"] == Done()
    assert (lines_of(site, "a"), lines_of(site, "b")) == (0, 2)


def test_an_order_that_appears_behind_its_likeness_is_notified(site: Site) -> None:
    known(site, "7002", "PO-77A", 2)
    site.sandbox.faults.order(ROUTE, Fault.folded(), times=None)
    site.polled(watched(site, a="po-77a"))
    known(site, "7001", "po-77a", 1)
    site.world.clock.advance(3_600_000)

    report = site.polled(site.claim())

    assert report.outcomes == {"watch:westcon:a": Done()}
    assert lines_of(site, "a") == 1


def test_one_that_never_appears_is_left_to_a_person_with_westcons_spelling(
    site: Site,
) -> None:
    known(site, "7002", "PO-77A", 2)
    site.sandbox.faults.order(ROUTE, Fault.folded(), times=None)
    site.polled(watched(site, a="po-77a"))
    site.world.clock.advance(DAYS_MS)

    report = site.polled(site.claim())

    given_up = report.outcomes["watch:westcon:a"]
    assert isinstance(given_up, GiveUp)
    assert "asked for purchase order po-77a and answered about PO-77A" in (
        given_up.reason
    )
    assert lines_of(site, "a") == 0


def test_westcons_own_number_ends_the_doubt(site: Site) -> None:
    known(site, "7002", "PO-77A", 2)

    hint = site.watch("a", westcon_number="0000007002", purchase_order="po-77a")
    report = site.polled(hint)

    assert report.outcomes == {"watch:westcon:a": Done()}
    assert lines_of(site, "a") == 2


def test_a_long_purchase_order_that_westcon_cuts_is_known_by_the_whole(
    site: Site,
) -> None:
    known(site, "7001", "LONG-0001", 1)
    cut = Fault.values(customerOrderNumber="LONG", CustomerLongPONumber="LONG-0001")
    site.sandbox.faults.order(ROUTE, cut, times=None)

    reports = [
        site.polled(watched(site, a="LONG-0001")),
        site.polled(watched(site, b="LONG")),
    ]

    outcomes = dict(itertools.chain(*(one.outcomes.items() for one in reports)))
    assert outcomes["watch:westcon:a"] == Done()
    assert isinstance(outcomes["watch:westcon:b"], Later)
    assert (lines_of(site, "a"), lines_of(site, "b")) == (1, 0)


def test_a_purchase_order_used_again_is_notified_of_its_new_order_alone(
    site: Site,
) -> None:
    now = datetime.fromtimestamp(site.world.clock.now_ms / 1000, UTC)
    old, new = (f"{now - timedelta(days=ago):%Y%m%d}" for ago in (200, 0))
    lines = (OrderLine(quantity="7"),)
    invoiced = steps_of(("INV",))
    site.sandbox.orders.put("7001", lines, "PO-1", invoiced, old)
    hint = watched(site, a="PO-1")

    site.polled(hint)
    assert lines_of(site, "a") == 0
    assert acts.timeline(site.world, "a")[-1].code is Code.SET_ASIDE

    site.sandbox.orders.put("7002", lines, "PO-1", invoiced, new)
    site.world.clock.advance(3_600_000)
    site.polled(site.claim())

    (held,) = site.world.ledger.orders(["a"])
    assert held.order is not None
    assert [line.sub_order for line in held.order.lines] == ["7002"]
    assert held.order.set_aside == ("7001",)
    assert lines_of(site, "a") == 1


def test_what_cannot_be_read_is_in_the_ledger_and_spoils_nothing(site: Site) -> None:
    known(site, "7001", "PO-1", 1)
    odd = Fault.values(lineQuantity="2.000-", shipDate="25 Sept", statusDate="")
    site.sandbox.faults.order(ROUTE, odd, times=None)

    report = site.polled(watched(site, a="PO-1"), site.worker(rules=RULES))

    assert report.outcomes == {"watch:westcon:a": Done()}
    assert acts.timeline(site.world, "a")[-3:] == [
        note(Code.LOOK),
        note(Code.LINE_NEW, "7001/10", "SHI"),
        note(Code.UNREAD, "7001/10", "shipDate 25 Sept"),
    ]
    (held,) = site.world.ledger.orders(["a"])
    assert held.order is not None
    assert [line.ordered for line in held.order.lines] == ["-2"]
