"""Lenient JSON: slips of spelling are forgiven, size is not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.errors import DecodeError
from serializers.formats import lenient_json
from serializers.formats.json_limits import JsonValue
from serializers.formats.lenient_json import objects_of, text_of
from tests.serializers.wire_samples import reading


def read(body: bytes) -> JsonValue:
    return lenient_json.loads(body, document="note")


@pytest.mark.parametrize(
    "body",
    [
        b'{"OrderNumber": "A", "orderNumber": "B"}',
        b'\xef\xbb\xbf {"ORDERNUMBER": "B"}\r\n',
        '{"ordernumber": "B"}'.encode("utf-16"),
    ],
)
def test_keys_come_in_lower_case_from_any_spelling(body: bytes) -> None:
    assert read(body) == {"ordernumber": "B"}


def test_a_broken_byte_or_pair_costs_one_character_of_a_text() -> None:
    assert read(b'["Caf\xe9", "a\\ud800b"]') == ["Caf\ufffd", "a?b"]


def test_a_raw_line_break_inside_a_text_is_read() -> None:
    assert read(b'["a\r\nb"]') == ["a\r\nb"]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\n<html><body>Sign in</body></html>", "markup"),
        (b'{"listPrice" : ,"a": 1}', "not JSON, Expecting value at character 15"),
        (b"[" * 100_000, "nested deeper than 64"),
        (b"[NaN]", "NaN"),
        (b"[1e999]", "too large"),
        (b"9" * 5_000, "an integer of 5000 digits"),
        (b"[" + b" " * 1_048_576, "at most 1048576"),
    ],
)
def test_what_no_leniency_mends_is_refused(body: bytes, complaint: str) -> None:
    with pytest.raises(DecodeError) as refused:
        read(body)

    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" a ", "a"),
        (7, "7"),
        (2.0, "2"),
        (2.5, "2.5"),
        (True, "true"),
        (False, "false"),
        (None, ""),
        ([1], ""),
        ({"a": 1}, ""),
    ],
)
def test_scalars_become_texts(value: JsonValue, text: str) -> None:
    assert text_of(value) == text


def test_one_object_stands_for_a_list_of_one() -> None:
    assert objects_of({"a": 1}) == objects_of([None, {"a": 1}, "x"]) == [{"a": 1}]


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_give_a_value_or_a_refusal(body: bytes) -> None:
    value, refusal = reading(read, body)

    assert refusal.startswith("note: ") or not refusal
    assert json.loads(json.dumps(value)) == value
    str(value).encode()
