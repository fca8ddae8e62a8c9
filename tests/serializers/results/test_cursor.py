"""A cursor comes back as it was, and nothing else is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.errors import DecodeError
from serializers.results import cursor

ENTRIES = st.builds(
    lambda ms, n: f"{ms}-{n}", st.integers(0, 2**64 - 2), st.integers(0, 2**64 - 1)
)


@given(st.lists(ENTRIES, min_size=1, max_size=8))
def test_a_place_comes_back_as_it_was(places: list[str]) -> None:
    assert cursor.read(cursor.written(places), len(places)) == tuple(places)


def test_the_beginning_is_before_every_entry() -> None:
    assert cursor.read("0", 3) == ("0-0",) * 3


@given(st.text())
def test_what_nobody_wrote_is_refused(text: str) -> None:
    if text == cursor.BEGINNING:
        return
    with pytest.raises(DecodeError):
        cursor.read(text, 2)


def test_a_cursor_of_more_partitions_is_refused() -> None:
    with pytest.raises(DecodeError, match="of this ledger"):
        cursor.read(cursor.written(["1-0", "2-0"]), 1)


def test_a_cursor_of_fewer_partitions_is_before_all_of_the_others() -> None:
    assert cursor.read(cursor.written(["1-0"]), 3) == ("1-0", "0-0", "0-0")
