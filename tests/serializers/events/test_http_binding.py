"""CloudEvents over HTTP: three kinds of requests, one kind of entries."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.errors import DecodeError
from serializers.events.batch import BrokenArrayError, elements
from serializers.events.entry_fields import of_event
from serializers.events.http_binding import (
    BATCH,
    MOST_ATTRIBUTES,
    STRUCTURED,
    UnsupportedError,
    entries_of,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


#: What every binary event has.
NEEDED = [(b"ce-" + name, b"x") for name in (b"specversion", b"id", b"source", b"type")]


@given(st.lists(JSON, max_size=5), st.sampled_from([None, 1]))
def test_a_batch_is_cut_into_its_elements_own_bytes(
    values: list[object], indent: int | None
) -> None:
    texts = [json.dumps(v, indent=indent, ensure_ascii=indent is None) for v in values]
    body = (" [ " + " ,\n".join(texts) + " ] ").encode()

    assert [one.body.decode() for one in elements(body)] == texts


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"1", b"[", b"[1", b"[1,]", b"[1 2]", b"[1] 2", b"[,1]", b"\xff"],
)
def test_what_is_no_array_is_named(body: bytes) -> None:
    with pytest.raises(BrokenArrayError):
        elements(body)
    with pytest.raises(DecodeError, match="batch: no JSON array"):
        entries_of(BATCH, (), body)


def test_a_structured_event_keeps_its_bytes_whatever_they_are() -> None:
    assert entries_of(f"{STRUCTURED}; charset=utf-8", (), b"{") == [of_event(b"{")]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_an_attribute_arrives_as_it_was_meant(text: str) -> None:
    headers = [(b"CE-Subject", quote(text).encode()), (b"host", b"x"), *NEEDED]

    (fields,) = entries_of("application/json", headers, b"{}")

    assert fields[0] == (b"ce_subject", text.encode())
    assert fields[-2:] == ((b"content-type", b"application/json"), (b"data", b"{}"))
    assert len(fields) == len(headers) + 1


def test_quotation_marks_of_a_header_are_not_part_of_its_value() -> None:
    headers = [*NEEDED, (b"ce-subject", rb' "a \"b\" %22c" ')]

    (fields,) = entries_of("application/vnd.erp+json", headers, b"{}")

    assert (b"ce_subject", b'a "b" "c') in fields


@pytest.mark.parametrize(
    "name", [b"ce-data", b"ce-datacontenttype", b"ce-", b"ce-a_b", b"ce-" + b"a" * 41]
)
def test_a_header_that_names_no_attribute_is_refused(name: bytes) -> None:
    with pytest.raises(DecodeError, match="not the name of an attribute"):
        entries_of("application/json", [(name, b"x")], b"{}")


def test_a_binary_event_without_its_attributes_is_told_which_headers_it_lacks() -> None:
    with pytest.raises(DecodeError, match="no header ce-id, ce-source, ce-type"):
        entries_of("application/json", NEEDED[:1], b"{}")


def test_there_are_bounds_to_attributes() -> None:
    headers = [(b"ce-a%d" % n, b"x") for n in range(MOST_ATTRIBUTES + 1)]

    with pytest.raises(DecodeError, match="at most 100"):
        entries_of("application/json", headers, b"{}")


@pytest.mark.parametrize("kind", ["", "text/plain", "application/json", "é", "a;b=\n"])
def test_other_kinds_are_not_taken_and_the_message_has_those_that_are(
    kind: str,
) -> None:
    with pytest.raises(UnsupportedError, match="cloudevents"):
        entries_of(kind, (), b"{}")
