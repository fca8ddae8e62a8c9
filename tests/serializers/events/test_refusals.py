"""The ERP's events that break the contract: refused, every point named."""

from typing import Any

import pytest

from serializers.errors import DecodeError
from serializers.events import decode
from tests.serializers.events.event_samples import SCHEMA, read, wire

#: No quantity may be one of these.
UNFIT: tuple[Any, ...] = (
    *("1" * 41, "0." + "1" * 16, "1e3", "-"),
    *(10**15, 1e39, 1e-300, []),
)

#: What both refuse, with the point that names it.
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"specversion": "1.1"}, "specversion: must be '1.0'"),
    ({"specversion": 1.0}, "specversion: must be '1.0'"),
    ({"id": ""}, "id: must not be empty"),
    ({"id": "x" * 257}, "id: must have at most 256 characters"),
    ({"id": 5}, "id: must be a text, not a number"),
    ({"source": "a\tb"}, "source: must not hold control characters"),
    (
        {"type": "order.lost"},
        (
            "type: must be one of 'order.placed', 'order.customer_linked', "
            "'order.status_changed', 'order.cancelled' or 'order.returned'"
        ),
    ),
    ({"time": 5}, "time: must be an RFC 3339 date-time with an offset"),
    ({"time": "yesterday"}, "time: must be an RFC 3339 date-time with an offset"),
    ({"time": "2024-09-02T15:17:00"}, "time: must be an RFC 3339"),
    ({"time": "2023-02-29T00:00:00Z"}, "time: must be a day and a time that exist"),
    ({"time": "2024-09-02T15:17:00Z\n"}, "time: must be an RFC 3339"),
    ({"datacontenttype": "text/xml"}, "datacontenttype: must be application/json"),
    ({"datacontenttype": "application/jsonp"}, "datacontenttype: must be"),
    ({"datacontenttype": "application/json+xml"}, "datacontenttype: must be"),
    ({"datacontenttype": "json"}, "datacontenttype: must be application/json"),
    ({"datacontenttype": "application/json;\n"}, "datacontenttype: must be"),
    ({"data__customer_id": "a\uffff"}, "data.customer_id: must not hold control"),
    ({"data_base64": "e30="}, "data_base64: is not read"),
    ({"data": []}, "data: must be an object"),
    ({"data": "{}"}, "data: must be an object"),
    ({"data__order_number": 12}, "data.order_number: must be a text, not a number"),
    ({"data__order_number": None}, "data.order_number: must be a text"),
    ({"data__order_number": ""}, "data.order_number: must not be empty"),
    ({"data__order_number": "  "}, "data.order_number: must not be blank"),
    ({"data__order_number": "SO\n"}, "data.order_number: must not hold control"),
    ({"data__order_number": "x" * 129}, "data.order_number: must have at most 128"),
    ({"data__customer_id": 7}, "data.customer_id: must be a text, not a number"),
    ({"data__customer_id": "a\0b"}, "data.customer_id: must not hold control"),
    ({"data__westcon": "6"}, "data.westcon: must be an object"),
    ({"data__westcon": {"order_number": 6}}, "data.westcon.order_number: must be"),
    ({"data__westcon": {"order_type": "w"}}, "data.westcon.order_type: must be 'W' or"),
    ({"data__endpoints": "acme"}, "data.endpoints: must be a list"),
    ({"data__endpoints": ["a", ""]}, "data.endpoints[1]: must not be empty"),
    ({"data__endpoints": ["a"] * 101}, "data.endpoints: must have at most 100 items"),
    ({"data__baseline": "yes"}, "data.baseline: must be true or false"),
    ({"data__lines": {}}, "data.lines: must be a list"),
    ({"data__lines": ["x"]}, "data.lines[0]: must be an object"),
    ({"data__lines": [{"status": "SHI"}]}, "data.lines[0].line_number: missing"),
    (
        {"data__lines": [{"line_number": 1, "status": "SHI"}]},
        "data.lines[0].line_number: must be a text, not a number",
    ),
    (
        {"data__lines": [{"line_number": "1", "status": "S", "quantity": "two"}]},
        "data.lines[0].quantity: must be a plain decimal number",
    ),
    *[
        (
            {"data__lines": [{"line_number": "1", "status": "S", "quantity": wrong}]},
            "data.lines[0].quantity: must be a plain decimal number of at most 15",
        )
        for wrong in UNFIT
    ],
    (
        {"data__lines": [{"line_number": "1", "status": "S", "quantity": True}]},
        "data.lines[0].quantity: must be a plain decimal number",
    ),
    (
        {"data__lines": [{"line_number": "1", "status": "S", "ship_date": "2/9/2024"}]},
        "data.lines[0].ship_date: must be a day",
    ),
    (
        {"data__lines": [{"line_number": "1", "status": "S", "ship_date": "20240230"}]},
        "data.lines[0].ship_date: must be a day, as YYYY-MM-DD",
    ),
    (
        {"data__lines": [{"line_number": "1", "status": "S"}] * 1_001},
        "data.lines: must have at most 1000 items",
    ),
    ({"type": "order.status_changed"}, "data.lines: order.status_changed needs at"),
    (
        {"type": "order.status_changed", "data__lines": []},
        "data.lines: order.status_changed needs at least one",
    ),
    (
        {"type": "order.customer_linked"},
        "data.customer_id: order.customer_linked needs one",
    ),
    (
        {"type": "order.customer_linked", "data__customer_id": " "},
        "data.customer_id: order.customer_linked needs one",
    ),
    *(
        ({"type": kind, "data__lines": [{"line_number": "1"} | line]}, point)
        for kind, line, point in (
            ("order.status_changed", {}, "data.lines[0].status: missing"),
            ("order.status_changed", {"status": None}, "data.lines[0].status: missing"),
            ("order.status_changed", {"status": " "}, "data.lines[0].status: must not"),
            ("order.returned", {}, "data.lines[0].quantity: missing"),
            ("order.returned", {"quantity": None}, "data.lines[0].quantity: missing"),
            ("order.returned", {"quantity": " "}, "data.lines[0].quantity: missing"),
            ("order.returned", {"quantity": "x"}, "data.lines[0].quantity: must be a"),
        )
    ),
    ({"type": "order.returned"}, "data.lines: order.returned needs at least one"),
]


@pytest.mark.parametrize(("changes", "point"), REFUSED)
def test_what_breaks_the_contract_is_refused_by_reader_and_schema(
    changes: dict[str, Any], point: str
) -> None:
    envelope = wire(**changes)

    with pytest.raises(DecodeError) as refused:
        read(envelope)

    assert str(refused.value).startswith(f"event: {point}")
    assert "; " not in str(refused.value).replace("; give data", "")
    assert not SCHEMA.is_valid(envelope)


@pytest.mark.parametrize(
    ("changes", "point"),
    [
        ({"subject": "SO-2"}, "subject: must be data.order_number"),
        (
            {"time": "9999-12-31T23:59:59-01:00"},
            "time: must not be after the year 9999 in UTC",
        ),
        ({"note": "\ud800"}, "half a surrogate pair"),
    ],
)
def test_the_reader_knows_more_than_a_schema_can_state(
    changes: dict[str, Any], point: str
) -> None:
    with pytest.raises(DecodeError) as refused:
        read(wire(**changes))

    assert str(refused.value).startswith(f"event: {point}")


@pytest.mark.parametrize("number", [10**40, -(10**41), 1e40, -1e300])
def test_a_number_that_few_can_hold_is_refused_wherever_it_stands(
    number: float,
) -> None:
    line = {"line_number": "1", "status": "S", "load": {"deep": [[number]]}}

    for envelope in (wire(traceid=number), wire(data__lines=[line])):
        with pytest.raises(DecodeError, match=r"^event: an? (integer|number) of "):
            read(envelope)
        assert not SCHEMA.is_valid(envelope)


def test_every_point_is_named_at_once() -> None:
    envelope = {
        "specversion": "1.0",
        "id": "e-1",
        "type": "order.status_changed",
        "subject": "SO-9",
        "time": "soon",
        "data": {"order_number": "SO-1", "customer_id": 5, "lines": []},
    }

    with pytest.raises(DecodeError) as refused:
        read(envelope)

    assert str(refused.value) == (
        "event: source: missing; "
        "time: must be an RFC 3339 date-time with an offset; "
        "data.customer_id: must be a text, not a number; "
        "data.lines: order.status_changed needs at least one; "
        "subject: must be data.order_number"
    )


def test_past_fifty_points_the_rest_is_counted() -> None:
    lines = [{"line_number": "1", "status": 5}] * 60

    with pytest.raises(DecodeError) as refused:
        read(wire(data__lines=lines))

    assert str(refused.value).endswith("; and 10 more")


def test_a_refusal_carries_nothing_of_the_event() -> None:
    envelope = wire(type="Anna", time="Anna", data__lines=[{"status": ["Anna"]}])

    with pytest.raises(DecodeError) as refused:
        read(envelope)

    assert "Anna" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"{", b" " * 262_145])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(DecodeError, match=r"^event: "):
        decode.decode(body)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("order_numbr", "data.order_number: missing (is order_numbr meant?)"),
        ("orderNumber", "data.order_number: missing (is orderNumber meant?)"),
        ("customer", "data.order_number: missing"),
        ("order_numbe\x1b", "data.order_number: missing"),
    ],
)
def test_a_member_that_is_misspelt_is_named_where_it_is_missing(
    given: str, meant: str
) -> None:
    event = wire()
    event["data"][given] = event["data"].pop("order_number")
    event.pop("subject", None)

    with pytest.raises(DecodeError) as refused:
        read(event)

    assert str(refused.value) == f"event: {meant}"
