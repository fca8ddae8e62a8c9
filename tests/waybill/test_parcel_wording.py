"""Wording of an order's parcels for a person."""

import pytest

from serializers.order_parcels import OrderParcels, Wait
from serializers.order_record import Line, Order, Shipment
from waybill.explain.view import STATES, parcel_text
from workers.ledger.views.order_items import Item

OPEN = Order("SO-1", parcels=OrderParcels(open=("7001/10",)))


@pytest.mark.parametrize("state", STATES)
def test_only_a_watch_that_goes_on_promises_tracking_numbers(state: str) -> None:
    watch = Item("order:SO-1", "watch", "westcon", state)

    [worded] = parcel_text(OPEN, [watch])

    assert worded.startswith("line 7001/10: no tracking number is known")
    assert worded.endswith(" yet") == (state not in {"ended", "dead", ""})


def test_a_line_that_has_a_number_but_not_for_all_of_it_is_worded_so() -> None:
    traced = Line(
        "7001/10", "10", "7001", shipments=(Shipment(tracking_numbers=("1",)),)
    )

    [worded] = parcel_text(OPEN._replace(lines=(traced,)), [])

    assert worded == "line 7001/10: no tracking number of all that was shipped is known"


def test_each_line_that_waits_has_its_own_moment() -> None:
    waits = (Wait("7001/10", 1_772_366_400_000), Wait("7001/20", 1_772_366_460_000))

    worded = list(parcel_text(Order("SO-1", parcels=OrderParcels(waits)), []))

    assert worded == [
        "line 7001/10 waits for tracking numbers since 2026-03-01 12:00:00Z",
        "line 7001/20 waits for tracking numbers since 2026-03-01 12:01:00Z",
    ]


def test_a_wait_that_an_older_release_began_is_of_no_line() -> None:
    parcels = OrderParcels((Wait("", 1_772_366_400_000),))

    [worded] = parcel_text(Order("SO-1", parcels=parcels), [])

    assert worded == "waits for tracking numbers since 2026-03-01 12:00:00Z"
