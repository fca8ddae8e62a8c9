"""Strict JSON: one reading or a refusal, whatever the bytes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.errors import DecodeError, EncodeError
from serializers.formats import strict_json
from serializers.formats.strict_json import JsonValue

DOCUMENTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**39), 10**39)
    | st.floats(-1e39, 1e39)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def read(body: bytes) -> JsonValue:
    return strict_json.loads(body, document="note")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b'{"a": NaN}', "NaN is not JSON at character 6"),
        (b'{"NaN": -Infinity}', "-Infinity is not JSON at character 8"),
        (b"[1e400]", "too large to be finite at character 1"),
        (b"[" + b"1" * 41 + b"]", "an integer of 41 digits at character 1"),
        (b"1" * 5_000, "an integer of 5000 digits"),
        (b"0." + b"1" * 1_000, "a number of 1002 characters"),
        (b"[" * 65 + b"]" * 65, "nested deeper than 64"),
        (b'{"a":' * 100_000, "nested deeper than 64"),
        (b'{"a": 1, "b": 2, "a": 1}', "the key a is given twice"),
        (b'{"x y": 1, "x y": 2}', "the key (unspeakable) is given twice"),
        (b'["\\ud800"]', "half a surrogate pair"),
        (b'{"\\uDFFF": 1}', "half a surrogate pair"),
        (b'\xef\xbb\xbf{"a": 1}', "byte order mark"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8 at byte 0"),
        ('{"a": 1}'.encode("utf-16-le"), "not JSON"),
        (b'{"a": "\xff"}', "not UTF-8 at byte 7"),
        (b'{"a": 1} x', "not JSON, Extra data at character 9"),
        (b'{"a": 1}{}', "not JSON, Extra data at character 8"),
        (b'["a\nb"]', "not JSON, Invalid control character at character 3"),
        (b"['a']", "not JSON"),
        (b"[1,]", "not JSON"),
        (b"[01]", "not JSON"),
        (b"", "not JSON"),
        (b" ", "not JSON"),
        (b" " * 1_048_577, "1048577 bytes, at most 1048576"),
    ],
)
def test_what_readers_might_take_differently_is_refused(
    body: bytes, complaint: str
) -> None:
    with pytest.raises(DecodeError) as refused:
        read(body)

    assert str(refused.value).startswith("note: ")
    assert complaint in str(refused.value)


def test_a_refusal_carries_no_byte_of_the_document() -> None:
    bodies = (b'["Anna Muster" x]', b'{"Anna Muster":1,"Anna Muster":2}', b'"Anna\xff"')

    for body in bodies:
        with pytest.raises(DecodeError) as refused:
            read(body)

        assert "Anna" not in str(refused.value)
        assert refused.value.__cause__ is None


def test_64_levels_are_read() -> None:
    body = b"[" * 64 + b"]" * 64

    value = read(body)

    assert strict_json.dumps(value) == body


def test_brackets_inside_texts_are_not_depth() -> None:
    body = b'["' + b"[" * 100 + b'\\"' + b"{" * 100 + b'"]'

    assert read(body) == ["[" * 100 + '"' + "{" * 100]


def test_many_shallow_objects_are_not_deep() -> None:
    body = b"[" + b",".join([b"{}"] * 1_000) + b"]"

    assert read(body) == [{}] * 1_000


def test_forty_digits_and_whole_pairs_are_read() -> None:
    body = b"[-" + b"9" * 40 + b', "\\ud83d\\ude00", 1.5e3]'

    assert read(body) == [-int("9" * 40), "😀", 1500.0]


def test_writing_is_compact_utf_8_in_the_order_given() -> None:
    value = {"b": ["é", 1, 2.5, None, True], "a": {}}

    assert strict_json.dumps(value) == '{"b":["é",1,2.5,null,true],"a":{}}'.encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), ["\ud800"]])
def test_what_json_cannot_carry_is_not_written(value: object) -> None:
    with pytest.raises(EncodeError, match="no place for"):
        strict_json.dumps(value)


@given(DOCUMENTS)
def test_what_was_written_is_read_back(value: JsonValue) -> None:
    assert read(strict_json.dumps(value)) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_as_the_standard_library_does_or_refused(
    body: bytes,
) -> None:
    try:
        value = read(body)
    except DecodeError:
        return

    assert value == json.loads(body)
