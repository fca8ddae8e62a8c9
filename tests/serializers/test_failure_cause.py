"""Failures of one cause are alike, however many lines, values or formats they have."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.errors import DecodeError
from serializers.events import entry
from serializers.events.entry_fields import Fields, of_event
from serializers.events.problems import MAX_NAMED
from serializers.failure_cause import MALFORMED, cause_of
from tests.serializers.events.event_samples import wire


def cause(fields: Fields) -> str:
    with pytest.raises(DecodeError) as refused:
        entry.read(fields)
    return cause_of(MALFORMED, str(refused.value))


def cause_of_event(event: Any) -> str:
    return cause(of_event(json.dumps(event).encode()))


def lines(*broken: dict[str, Any], good: int = 0) -> dict[str, Any]:
    fine = {"line_number": "1", "status": "SHI"}
    return wire(type="order.status_changed", data__lines=[*[fine] * good, *broken])


@given(st.integers(0, 300), st.integers(1, 300))
def test_which_line_it_is_and_how_many_make_no_other_cause(good: int, bad: int) -> None:
    event = lines(*[{"line_number": "9"}] * bad, good=good)

    assert cause_of_event(event) == "malformed: data.lines[].status: missing"


@given(st.permutations(["id", "source", "type"]))
def test_several_problems_are_one_stable_set(order: list[str]) -> None:
    event: dict[str, Any] = {name: [] for name in order} | {"data": {"order_number": 5}}

    assert cause_of_event(event) == (
        "malformed: data.order_number: must be a text, not a number;"
        " id: must be a text; source: must be a text; specversion: missing;"
        " type: must be one of 'order.placed', 'order.customer_linked',"
        " 'order.status_changed', 'order.cancelled' or 'order.returned'"
    )


def test_what_differs_behind_the_last_problem_that_is_named_still_differs() -> None:
    many = [{"line_number": "9"}] * (2 * MAX_NAMED)

    one = cause_of_event(lines(*many))
    other = cause_of_event(lines(*many, {"status": "SHI"}))

    assert other == "malformed: data.lines[].line_number: missing; " + (
        one.removeprefix("malformed: ")
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b'{"a": ', b'{"another": '),
        (b"\xff", b'{"a": "\xff'),
        (b"x" * 300_000, b"y" * 400_000),
        (b'{"n": ' + b"1" * 50 + b"}", b'{"nn": ' + b"1" * 60 + b"}"),
    ],
)
def test_places_and_sizes_make_no_other_cause(one: bytes, other: bytes) -> None:
    assert cause(of_event(one)) == cause(of_event(other))


def test_the_names_of_other_fields_make_no_other_cause() -> None:
    one = cause(((b"data", b""),))

    assert (
        one
        == cause(((b"x; id: missing", b""), (b"y", b"")))
        == ("malformed: no field `event`")
    )
    assert cause(((b"ce_id", b""), (b"data", b""))) != one


def test_causes_that_differ_are_distinguished() -> None:
    causes = {
        cause_of_event(wire(id=None)),
        cause_of_event(wire(specversion="0.3")),
        cause_of_event(wire(subject="other")),
        cause_of_event(lines({"status": "SHI"})),
        cause_of_event([]),
        cause(((b"data", b"{}"),)),
        cause(of_event(b"{}") * 2),
    }

    assert len(causes) == 7


def test_decks_json_and_xml_of_one_cause_are_one() -> None:
    own = ("SO-77", "ACME")
    as_json = "DECK answered ResponseCode 2: Order SO-77 of ACME was not found."
    as_xml = (
        "DECK answered ResponseCode OrderNotFound: Order SO-9 of Hooli was not found."
    )

    one = cause_of("deck_2", as_json, own)

    assert one == cause_of("deck_OrderNotFound", as_xml, ("SO-9", "Hooli"))
    assert one == "deck: order n of n was not found."
    for word in ("attempts", "tries"):  # a release before wrote the latter
        late = f"{as_json} (the last of 4 {word})"
        assert cause_of("deck_2", late, own) == one


@pytest.mark.parametrize("text", ["no message", "12345", "'x': 7"])
def test_decks_code_counts_where_it_states_nothing(text: str) -> None:
    assert cause_of("deck_7", f"DECK answered ResponseCode 7: {text}") == "deck_7"


VALUES = st.one_of(
    st.integers(0, 10**12).map(str),
    st.uuids().map(str),
    st.dates().map(lambda day: day.isoformat()),
    st.datetimes().map(lambda at: f"{at:%a, %d %b %Y %H:%M:%S} GMT"),
    st.datetimes().map(lambda at: f"{at:%d %B %Y}"),
    st.text("abcdefgh XYZ/", max_size=20).map(lambda text: f'"{text}"'),
    st.sampled_from(["https://a.example/b?c=d", "jane@x.example", "(SKU-7/B)", "#12"]),
)


@given(VALUES, VALUES, VALUES, VALUES, st.integers(1, 99))
def test_no_value_makes_another_cause(
    one: str, other: str, third: str, fourth: str, attempts: int
) -> None:
    text = "acme answered 400: Item {} is not for sale {} here"
    late = f" (the last of {attempts} attempts)"

    causes = {
        cause_of("http_400", text.format(one, other)),
        cause_of("http_400", text.format(third, fourth) + late),
    }

    assert causes == {"http_400: item n is not for sale n here"}


@pytest.mark.parametrize("text", ["", ": 17", ': "x" 7, 8'])
def test_an_answer_without_words_is_known_by_its_code(text: str) -> None:
    assert cause_of("http_400", f"acme answered 400{text}") == "http_400"


def test_answers_of_other_words_are_other_causes() -> None:
    one = cause_of("http_400", "acme answered 400: unknown item 17")

    assert one == "http_400: unknown item n"
    assert one != cause_of("http_422", "acme answered 422: unknown item 17")
    assert one != cause_of("http_400", "acme answered 400: the item is held")


def test_every_other_failure_is_known_by_its_code() -> None:
    assert cause_of("timeout", "acme answered nothing: whatever 17") == "timeout"
    assert cause_of("conflict", "event 1 was accepted before") == "conflict"
