"""A ResponseCode has one spelling, however DECK writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.deck.contract import code_of, same_code
from serializers.formats.json_limits import JsonValue


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (0, "0"),
        (15, "15"),
        (15.0, "15"),
        (-3, "-3"),
        ("0", "0"),
        (" 15 ", "15"),
        ("015", "15"),
        ("+7", "7"),
        ("Success", "0"),
        ("SUCCESS", "0"),
        ("SuccessfullyQueued", "15"),
        ("InvalidOrder", "InvalidOrder"),
        ("1.5", "1.5"),
        ("9" * 19, "9" * 19),
        ("No\x1bsuch\norder", "Nosuch order"),
        ("x" * 100, "x" * 64),
    ],
)
def test_a_code_is_a_number_a_numeric_text_or_a_name(
    written: JsonValue, code: str
) -> None:
    assert code_of(written) == code


@pytest.mark.parametrize("written", [None, "", " ", True, False, [], {}, [0], {"a": 0}])
def test_what_is_neither_is_no_code(written: JsonValue) -> None:
    assert code_of(written) == ""


@pytest.mark.parametrize("name", ["Successful", "Success!", "Queued", "Succes", "O"])
def test_what_only_looks_like_success_is_none(name: str) -> None:
    assert code_of(name) not in {"0", "15"}


@given(st.integers(-(10**17), 10**17))
def test_every_spelling_of_a_number_is_the_same_code(number: int) -> None:
    spellings: list[JsonValue] = [number, str(number), f" {number}\n", f"{number:+}"]

    assert {code_of(one) for one in spellings} == {str(number)}


def test_names_are_looked_up_in_any_case() -> None:
    assert same_code("InvalidOrder") == same_code("INVALIDORDER")
    assert same_code("007") == same_code("7") == "7"
