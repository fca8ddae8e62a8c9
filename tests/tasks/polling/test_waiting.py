"""Shipped quantity waits for its parcels; an answer's go to the lines that waited."""

import pytest

from serializers.order_parcels import Loose, OrderParcels, Wait
from serializers.order_record import Line, Order, Portion, Shipment
from serializers.westcon.shipment_detail import Parcel, Serial, ShipmentDetail
from tasks.planning.lines.answer import Question, Row
from tasks.planning.lines.snapshot import join
from tasks.planning.statuses import DEFAULT_STATUSES
from tasks.polling.waiting import Details, NoDetail, Taken, shipped_now, take, to_ask

NUMBER, NOW = "60012345", 1_772_366_400_000
TEN, TWENTY = f"{NUMBER}/10", f"{NUMBER}/20"
PARCEL = Parcel("1Z9", "UPS")
FOUND = ShipmentDetail((NUMBER,), (PARCEL,))
SOON = NoDetail("http_503", wait=15.0)


def row(number: str, status: str = "SHI", sub_order: str = NUMBER) -> Row:
    key = f"{sub_order}/{number}"
    return Row(key, number, sub_order, status, "2", ship_date="2026-03-01")


def shipped_line(number: str) -> Line:
    return Line(
        f"{NUMBER}/{number}", number, NUMBER, "2", reached=(Portion("SHI", "2"),)
    )


def taken(order: Order, *rows: Row, details: Details, later: float = 0.0) -> Taken:
    _, changed = join(order.lines, rows, DEFAULT_STATUSES, Question(NOW))
    shipped = shipped_now(changed, DEFAULT_STATUSES)
    at_ms = NOW + int(later * 1000)
    return take(order.parcels, order.lines, rows, shipped, details, at_ms, 120.0)


def given(found: Taken) -> dict[str, tuple[Shipment, ...]]:
    return {key: tuple(shipments) for key, shipments in found.facts.items()}


def test_only_what_is_first_seen_as_shipped_waits() -> None:
    rows = [row("10", "SCH"), row("20"), row("30", "INV"), row("40", sub_order="")]
    _, changed = join(
        (shipped_line("50"),), [*rows, row("50")], DEFAULT_STATUSES, Question(NOW)
    )

    assert shipped_now(changed, DEFAULT_STATUSES) == {TWENTY: "2"}


def test_what_waits_is_left_in_the_answer_and_the_others_are_taken() -> None:
    found = taken(Order("SO-1"), row("10", "SCH"), row("20"), details={NUMBER: SOON})

    assert found.parcels == OrderParcels((Wait(TWENTY, NOW, "2"),))
    assert (found.again, found.held) == (15.0, (TWENTY,))


def test_a_line_that_has_been_shipped_since_the_question_waits_for_the_next() -> None:
    assert taken(Order("SO-1"), row("10"), details={}).again == 1.0


@pytest.mark.parametrize("later", [120.0, 105.5, 3_600.0])
def test_it_goes_without_once_no_answer_can_come_in_time(later: float) -> None:
    order = Order("SO-1", parcels=OrderParcels((Wait(TEN, NOW, "2"),)))

    found = taken(order, row("10"), details={NUMBER: SOON}, later=later)

    assert found.held == ()
    assert found.again is None
    assert found.parcels == OrderParcels(open=(TEN,))
    assert found.without == ("http_503",)


def test_a_second_line_has_its_own_wait() -> None:
    order = Order("SO-1", parcels=OrderParcels((Wait(TEN, NOW, "2"),)))

    found = taken(order, row("10"), row("20"), details={NUMBER: SOON}, later=110.0)

    assert found.held == (TWENTY,)
    assert found.parcels == OrderParcels(
        (Wait(TWENTY, NOW + 110_000, "2"),), open=(TEN,)
    )
    assert found.without == ("http_503",)


def test_a_wait_that_the_release_before_began_goes_on_for_whatever_waits() -> None:
    order = Order("SO-1", parcels=OrderParcels((Wait("", NOW),)))

    found = taken(order, row("10"), row("20"), details={NUMBER: SOON}, later=60.0)
    over = taken(order, row("10"), row("20"), details={NUMBER: SOON}, later=120.0)

    assert found.parcels == OrderParcels((Wait(TEN, NOW), Wait(TWENTY, NOW)))
    assert over.parcels == OrderParcels(open=(TEN, TWENTY))


@pytest.mark.parametrize(("shipped", "open_"), [("1", (TEN,)), ("2", ()), ("", ())])
def test_a_line_that_has_grown_while_it_waited_is_asked_for_again(
    shipped: str, open_: tuple[str, ...]
) -> None:
    order = Order("SO-1", parcels=OrderParcels((Wait(TEN, NOW, shipped),)))

    found = taken(order, row("10"), details={NUMBER: FOUND}, later=15.0)

    assert [one.tracking_numbers for one in given(found)[TEN]] == [("1Z9",)]
    assert found.parcels == OrderParcels(open=open_)


def test_a_line_that_has_grown_is_not_asked_for_again_once_that_is_refused() -> None:
    order = Order("SO-1", parcels=OrderParcels((Wait(TEN, NOW, "1"),)))
    refused = NoDetail("http_400", closes=True)

    found = taken(order, row("10"), details={NUMBER: refused}, later=15.0)

    assert found.parcels == OrderParcels()


def test_a_wait_that_began_on_a_clock_that_ran_ahead_is_no_longer_than_others() -> None:
    order = Order("SO-1", parcels=OrderParcels((Wait(TEN, NOW + 86_400_000, "2"),)))

    found = taken(order, row("10"), details={NUMBER: NoDetail("http_429", wait=600.0)})
    waiting = taken(order, row("10"), details={NUMBER: SOON})

    assert found.again is None
    assert waiting.parcels == OrderParcels((Wait(TEN, NOW, "2"),))


@pytest.mark.parametrize(
    ("why", "open_"),
    [
        (NoDetail("not_included"), (TEN,)),
        (NoDetail("decode"), (TEN,)),
        (NoDetail("http_400", closes=True), ()),
        (ShipmentDetail(), (TEN,)),
    ],
)
def test_an_answer_without_parcels_ends_the_wait_at_once(
    why: NoDetail | ShipmentDetail, open_: tuple[str, ...]
) -> None:
    found = taken(Order("SO-1"), row("10"), details={NUMBER: why})

    assert found.held == ()
    assert found.parcels == OrderParcels(open=open_)
    assert given(found) == {}


def test_parcels_go_to_the_lines_that_have_waited_for_them() -> None:
    order = Order(
        "SO-1", parcels=OrderParcels(open=(TWENTY,)), lines=(shipped_line("20"),)
    )

    found = taken(
        order, row("10"), row("20"), row("30", "SCH"), details={NUMBER: FOUND}
    )

    parcel = Shipment("2026-03-01", carrier="UPS", tracking_numbers=("1Z9",))
    assert given(found) == {TEN: (parcel,), TWENTY: (parcel,)}
    assert found.parcels == OrderParcels()


def test_a_parcel_that_is_known_is_of_the_lines_that_have_it() -> None:
    shipments = (Shipment(tracking_numbers=("1Z9",)),)
    known = shipped_line("20")._replace(shipments=shipments)
    detail = ShipmentDetail((NUMBER,), (PARCEL, Parcel("2", "DHL")))

    found = taken(
        Order("SO-1", lines=(known,)), row("10"), row("20"), details={NUMBER: detail}
    )

    assert [one.tracking_numbers for one in given(found)[TEN]] == [("2",)]
    assert TWENTY not in given(found)


def test_a_row_that_names_its_line_is_of_that_line() -> None:
    detail = ShipmentDetail(
        (NUMBER,),
        (Parcel("1", "UPS", "20"), Parcel("2", "UPS")),
        (Serial("S1", "", "10"),),
    )

    found = given(taken(Order("SO-1"), row("10"), row("20"), details={NUMBER: detail}))

    numbers = {
        k: [n for s in some for n in s.tracking_numbers] for k, some in found.items()
    }
    assert numbers == {TEN: ["2"], TWENTY: ["1", "2"]}
    assert found[TEN][-1] == Shipment(serial_numbers=("S1",))


def test_serials_go_to_the_one_line_that_can_have_them() -> None:
    detail = ShipmentDetail(
        (NUMBER,), (PARCEL,), (Serial("S1", "AA:BB"), Serial("", "CC"))
    )

    found = taken(Order("SO-1"), row("10"), row("20", "SCH"), details={NUMBER: detail})

    assert given(found)[TEN][1:] == (
        Shipment(serial_numbers=("S1",), mac_addresses=("AA:BB",)),
        Shipment(mac_addresses=("CC",)),
    )
    assert found.parcels.serials == ()


def test_serials_that_several_lines_can_have_stand_at_none() -> None:
    detail = ShipmentDetail((NUMBER,), (PARCEL,), (Serial("S1", "AA:BB"),))
    order = Order("SO-1", lines=(shipped_line("20"),))

    found = taken(order, row("10"), row("20"), details={NUMBER: detail})
    again = taken(
        order._replace(parcels=found.parcels),
        row("10"),
        row("20"),
        details={NUMBER: detail},
    )

    assert all(not s.serial_numbers for some in given(found).values() for s in some)
    assert found.parcels.serials == again.parcels.serials == (Loose("S1", "AA:BB"),)


def test_each_of_westcons_orders_is_asked_for_once_while_it_has_open_lines() -> None:
    order = Order("SO-1", parcels=OrderParcels(open=(TEN,)))
    rows = [row("10"), row("20"), row("10", "SCH", "7"), row("20", "SHI", "8")]

    assert to_ask(order, rows, {"8/20": "2"}) == (NUMBER, "8")
    assert to_ask(Order("SO-1"), rows, {}) == ()
