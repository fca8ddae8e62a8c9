"""The ERP's events: written, read back, and in step with their schema."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from serializers.events import decode
from serializers.events.decode import EventLine, EventType, OrderEvent
from serializers.shipment import Shipment
from tests.serializers.events.event_samples import SCHEMA, read, wire
from tests.serializers.wire_samples import FILLED, STRIPPED, reading, sample, spoiled

GOLDEN = sample("event.json")
EVENT = OrderEvent(
    id="e-1",
    source="erp/eu",
    type=EventType.STATUS_CHANGED,
    time_ms=1_725_290_220_123,
    order_number="SO-1",
    purchase_order="PO-7",
    customer_id="C-1",
    westcon_number="60012344",
    westcon_type="C",
    deck_number="D-1",
    endpoints=("acme", "zenith"),
    baseline=True,
    lines=(EventLine("10", "SHI", "2.5", "TC57HO", "2024-09-02", "90001117", "Écran"),),
)

#: Of an account or a site.
SHORT = STRIPPED.filter(lambda text: len(text) <= 64)

LINES = st.builds(
    EventLine,
    line_number=st.integers(0, 10**6).map(str),
    status=st.sampled_from(("SHI", "INV", "NAO")),
    quantity=st.sampled_from(("", "0", "2", "2.5", "-1")),
    part_number=STRIPPED,
    ship_date=st.dates(date(2000, 1, 1)).map(str) | st.just(""),
    invoice=STRIPPED,
    description=st.text(max_size=20),
)
CODES = st.lists(FILLED, max_size=3, unique=True).map(tuple)
SHIPMENTS = st.builds(
    Shipment,
    date=st.just(""),
    quantity=st.sampled_from(("", "0", "2", "2.5")),
    carrier=STRIPPED,
    carrier_code=STRIPPED,
    warehouse=STRIPPED,
    tracking_numbers=CODES,
    serial_numbers=CODES,
    mac_addresses=st.just(()),
)


def shipped(line: EventLine, shipments: list[Shipment]) -> EventLine:
    """The line with these shipments, which are of its day."""
    dated = (one._replace(date=line.ship_date) for one in shipments)
    return replace(line, shipments=tuple(dated))


EVENTS = st.builds(
    OrderEvent,
    id=FILLED,
    source=FILLED,
    type=st.sampled_from(EventType),
    time_ms=st.none() | st.integers(946_684_800_000, 253_402_300_799_999),
    order_number=FILLED,
    purchase_order=STRIPPED,
    customer_id=FILLED,
    westcon_number=STRIPPED,
    westcon_type=st.sampled_from(("W", "C")),
    deck_number=STRIPPED,
    westcon_account=SHORT,
    deck_site=SHORT,
    endpoints=st.none() | st.lists(FILLED, max_size=3, unique=True).map(tuple),
    baseline=st.booleans(),
    lines=st.lists(
        st.builds(shipped, LINES, st.lists(SHIPMENTS, max_size=2)),
        min_size=1,
        max_size=3,
    ).map(tuple),
).filter(lambda e: e.type != EventType.RETURNED or all(ln.quantity for ln in e.lines))


def test_an_event_is_written_and_read_as_the_golden_bytes() -> None:
    assert decode.encode(EVENT) == GOLDEN
    assert decode.decode(GOLDEN) == EVENT


def test_a_placed_order_states_what_it_expects_of_its_lines_without_a_status() -> None:
    expected = {"line_number": "0010", "part_number": "TC57", "quantity": 5}

    event = read(wire(data__lines=[expected]))

    assert event.lines == (EventLine("10", "", "5", "TC57"),)


def test_a_shipment_is_of_its_lines_day_and_has_each_number_once() -> None:
    shipment = {"carrier": "UPS", "tracking_numbers": [" 1Z ", "1Z", "2Z"]}
    line = {"line_number": "1", "status": "SHI", "ship_date": "20260925"}

    (read_line,) = read(wire(data__lines=[line | {"shipments": [shipment]}])).lines

    assert read_line.shipments == (
        Shipment("2026-09-25", carrier="UPS", tracking_numbers=("1Z", "2Z")),
    )


def test_a_bare_event_has_the_defaults() -> None:
    assert read(wire()) == OrderEvent(
        id="e-1",
        source="erp",
        type=EventType.PLACED,
        time_ms=None,
        order_number="SO-1",
    )


@given(EVENTS)
def test_what_was_written_is_read_back_and_fits_the_schema(event: OrderEvent) -> None:
    body = decode.encode(event)

    assert decode.decode(body) == event
    SCHEMA.validate(json.loads(body))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"subject": "SO-1", "tenant": "x", "data__colour": 7}, {}),
        ({"data__purchase_order": None, "time": None, "data__lines": None}, {}),
        ({"data__order_number": "  SO-1 ", "subject": "SO-1"}, {}),
        ({"datacontenttype": "application/json; charset=utf-8"}, {}),
        ({"datacontenttype": "Application/JSON;Charset=UTF-8;q=1"}, {}),
        ({"datacontenttype": " application/json ; odata.metadata=minimal"}, {}),
        ({"datacontenttype": "text/json"}, {}),
        ({"datacontenttype": "application/cloudevents+json"}, {}),
        ({"datacontenttype": "application/vnd.acme.order-v2+JSON; v=2"}, {}),
        ({"time": "1900-01-01T00:00:00Z"}, {"null_time": "1900-01-01T00:00:00Z"}),
        ({"time": "0000-00-00T00:00:00Z"}, {"null_time": "0000-00-00T00:00:00Z"}),
        ({"time": ""}, {}),
        ({"traceid": 10**40 - 1, "data__load": [{"n": -(10**40) + 1}]}, {}),
        ({"data__endpoints": []}, {"endpoints": ()}),
        ({"data__endpoints": ["b", "a", "b"]}, {"endpoints": ("b", "a")}),
        ({"data__westcon": {"order_number": "6"}}, {"westcon_number": "6"}),
        ({"data__westcon": {"order_type": "C"}}, {"westcon_type": "C"}),
        ({"data__deck": {"order_number": ""}}, {}),
        (
            {
                "data__lines": [
                    {
                        "line_number": " 0010 ",
                        "status": "shi ",
                        "quantity": " 2.000",
                        "ship_date": "20240902",
                    },
                    {"line_number": "000", "status": "INV", "quantity": 1.5},
                    {"line_number": "3", "status": "INV", "ship_date": "00000000"},
                    {"line_number": "4", "status": "INV", "ship_date": "1900-01-01"},
                    {"line_number": "5", "status": "INV", "ship_date": "0000-00-00"},
                ]
            },
            {
                "lines": (
                    EventLine("10", "SHI", "2", ship_date="2024-09-02"),
                    EventLine("0", "INV", "1.5"),
                    EventLine("3", "INV"),
                    EventLine("4", "INV"),
                    EventLine("5", "INV"),
                )
            },
        ),
    ],
)
def test_spellings_that_mean_the_same_are_read_alike(
    changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    envelope = wire(**changes)

    assert read(envelope) == replace(read(wire()), **expected)
    SCHEMA.validate(envelope)


@given(spoiled(GOLDEN))
def test_spoiled_bytes_give_an_event_that_fits_the_schema_or_a_refusal(
    body: bytes,
) -> None:
    event, refusal = reading(decode.decode, body)

    if event is None:
        assert refusal.startswith("event: ")
    else:
        SCHEMA.validate(json.loads(body))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(decode.schema())

    json.dumps(decode.schema())
