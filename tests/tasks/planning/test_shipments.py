"""Shipments reported by several sources become one list that loses nothing."""

from hypothesis import example, given
from hypothesis import strategies as st

from serializers.shipment import Shipment
from tasks.planning.lines.shipments import merged

NUMBERS = st.lists(st.sampled_from(["1Z1", "1Z2", "1Z3"]), max_size=2).map(tuple)
FACTS = st.lists(
    st.builds(
        Shipment,
        date=st.sampled_from(["", "2026-02-01", "2026-02-02"]),
        carrier=st.sampled_from(["", "UPS", "DHL"]),
        tracking_numbers=NUMBERS,
        serial_numbers=NUMBERS,
    ),
    max_size=5,
)


def test_parcels_without_a_date_belong_to_the_latest_shipment_without_any() -> None:
    known = (
        Shipment("2026-02-01", "2", tracking_numbers=("1Z1",)),
        Shipment("2026-02-03", "3"),
    )

    after = merged(known, [Shipment(carrier="UPS", tracking_numbers=("1Z2",))])

    second = Shipment("2026-02-03", "3", "UPS", tracking_numbers=("1Z2",))
    assert after == (known[0], second)


def test_a_late_ship_date_goes_to_the_shipment_that_has_none() -> None:
    known = (Shipment(quantity="2", tracking_numbers=("1Z1",)),)

    after = merged(known, [Shipment("2026-02-01", tracking_numbers=("1Z1",))])

    assert after == (Shipment("2026-02-01", "2", tracking_numbers=("1Z1",)),)


def test_two_carriers_on_one_day_are_two_shipments() -> None:
    known = (Shipment("2026-02-01", carrier="UPS"),)

    after = merged(known, [Shipment("2026-02-01", carrier="DHL")])

    assert len(after) == 2


@given(FACTS)
def test_no_number_is_lost_and_none_stands_twice(facts: list[Shipment]) -> None:
    after = merged((), facts)

    for field in ("tracking_numbers", "serial_numbers"):
        given_ones = {n for fact in facts for n in getattr(fact, field)}
        assert {n for one in after for n in getattr(one, field)} == given_ones


@example(
    [
        Shipment(tracking_numbers=("1Z1",)),
        Shipment(carrier="UPS", tracking_numbers=("1Z2",)),
        Shipment(tracking_numbers=("1Z1", "1Z2")),
    ]
)
@given(FACTS)
def test_the_same_fact_again_changes_nothing(facts: list[Shipment]) -> None:
    after = merged((), facts)

    for one in after:
        assert merged(after, [one]) == after
