"""What a call to Westcon carries, and what becomes of orders that spoil one."""

from typing import Any

from sandbox.http.fault import Fault
from tasks.outcomes.outcome import Again, Done, GiveUp, Later
from tests.ledger import acts
from tests.watching.site import Site

NUMBERS = tuple(str(n) for n in range(10, 22))


def placed(site: Site, *numbers: str, **fields: Any) -> None:
    """Orders that Westcon knows, watched and due."""
    for number in numbers:
        site.sandbox.orders.stepping(f"6{number}", ["SHI"])
    site.watch(*numbers, **fields)
    site.pass_lease()


def asked(site: Site) -> list[list[str]]:
    """The orders of each call that was answered, in the order of the calls."""
    entries = site.sandbox.journal.entries("westcon.order_status")
    facts = [one.facts.get("orders") for one in entries]
    return [orders for orders in facts if isinstance(orders, list)]


def test_ten_orders_travel_in_a_call_and_the_eleventh_in_another(site: Site) -> None:
    placed(site, *NUMBERS)

    site.polled(site.claim(most=20))

    assert [len(orders) for orders in asked(site)] == [10, 2]


def test_an_order_that_westcon_drops_in_silence_is_asked_for_alone(site: Site) -> None:
    placed(site, *NUMBERS[:4])
    site.sandbox.faults.order("westcon.order_status", Fault.drop_orders(3))

    report = site.polled(site.claim())

    assert [len(orders) for orders in asked(site)] == [4, 1]
    assert set(report.outcomes.values()) == {Done()}


def test_an_order_that_is_missing_even_alone_fails_and_no_other(site: Site) -> None:
    placed(site, *NUMBERS[:4])
    site.sandbox.orders.stepping(f"6{NUMBERS[3]}", [""])

    report = site.polled(site.claim())

    failed = [ref for ref, one in report.outcomes.items() if isinstance(one, Again)]
    assert failed == [f"watch:westcon:{NUMBERS[3]}"]
    assert acts.field(site.world, failed[0], "tries", NUMBERS[3]) == "1"


def test_one_bad_order_of_ten_is_found_by_halves_and_fails_alone(site: Site) -> None:
    placed(site, *NUMBERS[:10])
    bad = Fault.status(400, '{"message":"bad order"}').on(f"6{NUMBERS[6]}")
    site.sandbox.faults.order("westcon.order_status", bad, times=None)

    report = site.polled(site.claim())

    failed = {ref for ref, one in report.outcomes.items() if isinstance(one, GiveUp)}
    assert failed == {f"watch:westcon:{NUMBERS[6]}"}
    assert list(report.outcomes.values()).count(Done()) == 9
    # Ten, then halves: 5 and 5, 2 and 3, 1 and 2, 1 and 1.
    assert site.sandbox.journal.count("westcon.order_status") <= 9


def test_an_unknown_order_waits_and_the_others_of_its_call_do_not(site: Site) -> None:
    placed(site, *NUMBERS[:3])
    site.watch("99")
    site.pass_lease()

    report = site.polled(site.claim())

    unknown = report.outcomes.pop("watch:westcon:99")
    assert isinstance(unknown, Later)
    assert set(report.outcomes.values()) == {Done()}
    assert len(asked(site)) == 1


def test_order_types_never_share_a_call(site: Site) -> None:
    placed(site, *NUMBERS[:2])
    site.sandbox.orders.final("777", customer_order="PO-7")
    site.sandbox.orders.final("778", customer_order="PO-7")
    site.watch("50", westcon_number="", purchase_order="PO-7")
    site.pass_lease()

    report = site.polled(site.claim())

    assert set(report.outcomes.values()) == {Done()}
    assert sorted(map(len, asked(site))) == [1, 2]
    held = site.world.ledger.orders(["50"])[0].order
    assert held is not None
    assert [one.sub_order for one in held.lines] == ["777", "778"]


def test_a_call_that_goes_anyway_takes_along_what_is_nearly_due(site: Site) -> None:
    placed(site, *NUMBERS[:2])
    site.polled(site.claim(most=1))
    site.world.clock.advance(40_000)

    hint = site.claim()

    # Of the first order's minute two thirds are over; the second was due anyway.
    assert sorted(one.ref for one in hint.claims) == [
        "watch:westcon:10",
        "watch:westcon:11",
    ]
