"""An entry of the stream is read from whichever fields hold its event."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.errors import DecodeError
from serializers.events import decode, entry, entry_fields
from serializers.events.entry_fields import Fields, of_event
from tests.serializers.events.event_samples import wire

ENVELOPE = {"specversion": "1.0", "id": "e-1", "source": "erp", "type": "order.placed"}
DATA = b'{"order_number": "SO-1"}'
FIELDS = st.lists(st.tuples(st.binary(), st.binary()), min_size=1).map(tuple)


def binary(prefix: str = "ce_", data: bytes = DATA, **attributes: str) -> Fields:
    """An entry in binary mode."""
    given_ = ENVELOPE | attributes
    fields = [(f"{prefix}{name}".encode(), v.encode()) for name, v in given_.items()]
    return (*fields, (b"data", data))


def refusal(fields: Fields) -> str:
    with pytest.raises(DecodeError) as refused:
        entry.read(fields)
    return str(refused.value)


def test_an_entry_with_one_event_is_read_whatever_stands_beside_it() -> None:
    body = json.dumps(wire()).encode()
    beside = ((b"trace", b"\xff"), (b"ce_id", b"another"))

    assert entry.read(of_event(body) + beside) == entry.read(of_event(body))


@pytest.mark.parametrize(
    "prefix", ["ce_", "ce-", "CE_", "Ce-", "cloudEvents:", "cloudEvents_"]
)
def test_binary_mode_is_the_same_event_as_structured_mode(prefix: str) -> None:
    time = "2026-03-02T09:15:00Z"
    whole = wire(time=time, subject="SO-1", partitionkey="7")

    fields = binary(prefix, time=time, subject="SO-1", partitionkey="7")

    assert entry.value_of(fields) == whole
    body = json.dumps(whole).encode()
    assert entry.read(fields) == entry.read(of_event(body))


@pytest.mark.parametrize(
    "name", ["content-type", "Content_Type", "datacontenttype", "ce_datacontenttype"]
)
def test_binary_mode_has_its_content_type_in_a_field(name: str) -> None:
    fields = binary()

    assert entry.read(((name.encode(), b"application/json"), *fields))
    text = refusal(((name.encode(), b"text/csv"), *fields))
    assert text.startswith("event: datacontenttype: ")


def test_an_entry_without_an_event_is_refused_with_the_names_of_its_fields() -> None:
    assert refusal(((b"data", DATA), (b"event ", b""), (b"", b""), (b"\xff", b""))) == (
        "event: no field `event`; it has: data, 'event ', '', '\\xff'"
    )


def test_names_of_fields_are_bounded_in_number_and_length() -> None:
    fields = tuple((b"%03d" % n + b"x" * 10_000, b"") for n in range(500))

    text = refusal(fields)

    assert len(text) < 700
    assert text.endswith(" and 488 more")


def test_two_events_in_one_entry_are_refused() -> None:
    body = json.dumps(wire()).encode()

    assert refusal(of_event(body) * 2).startswith("event: 2 fields `event`")


def test_binary_mode_without_an_attribute_states_which_and_what_there_is() -> None:
    assert refusal(((b"data", DATA), (b"ce_id", b"e-1"), (b"ce_source", b"erp"))) == (
        "event: no field `event`, and for binary mode no ce_specversion, ce_type;"
        " it has: data, ce_id, ce_source"
    )
    assert "no data;" in refusal(binary()[:-1])
    assert "no data;" in refusal((*binary()[:-1], (b"ce_data", DATA)))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"data": b"{"}, "event: data: not JSON"),
        ({"data": b"\xff"}, "event: data: not UTF-8"),
        ({"data": b"[]"}, "event: data: must be an object"),
        ({"type": "order.eaten"}, "event: type: must be one of"),
        ({"subject": "SO-2"}, "event: subject: must be data.order_number"),
        ({"note": "x" * decode.MAX_BYTES}, "bytes, at most 262144 allowed"),
    ],
)
def test_binary_mode_is_checked_as_any_event(
    changes: dict[str, Any], text: str
) -> None:
    assert text in refusal(binary(**changes))


def test_an_attribute_that_is_no_text_is_named() -> None:
    text = refusal((*binary(), (b"ce_note", b"a\xff")))

    assert text == "event: note: not UTF-8 at byte 1"


def test_an_attribute_with_two_values_is_refused_and_one_given_twice_is_not() -> None:
    assert entry.read((*binary(), (b"CE-ID", b"e-1")))
    assert refusal((*binary(), (b"CE-ID", b"e-2"))).startswith("event: id: given twice")


@given(FIELDS)
def test_packed_fields_are_the_same_fields_again(fields: Fields) -> None:
    assert entry_fields.unpack(entry_fields.pack(fields)) == fields


@given(st.binary())
def test_what_was_not_packed_is_refused_or_packs_again(packed: bytes) -> None:
    try:
        fields = entry_fields.unpack(packed)
    except DecodeError:
        return
    assert entry_fields.unpack(entry_fields.pack(fields)) == fields


@given(FIELDS)
def test_any_fields_are_an_event_or_a_refusal_without_their_values(
    fields: Fields,
) -> None:
    marked = tuple((name, b"\xffPRIVATE" + value) for name, value in fields)

    assert "PRIVATE" not in refusal(marked)
