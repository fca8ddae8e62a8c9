"""Wording of an order's parcels for a person."""

import pytest

from serializers.order_parcels import OrderParcels
from waybill.explain.view import STATES, parcel_text
from workers.ledger.views.order_items import Item

OPEN = OrderParcels(open=("7001/10",))


@pytest.mark.parametrize("state", STATES)
def test_only_a_watch_that_goes_on_promises_tracking_numbers(state: str) -> None:
    watch = Item("order:SO-1", "watch", "westcon", state)

    [worded] = parcel_text(OPEN, [watch])

    assert worded.startswith("line 7001/10: no tracking number is known")
    assert worded.endswith(" yet") == (state not in {"ended", "dead", ""})
