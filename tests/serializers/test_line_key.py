"""Keys of lines are injective, and those of older releases are found again."""

from hypothesis import assume, given
from hypothesis import strategies as st

from serializers.line_key import escaped, line_key, number_of, older_key

NAMES = st.text("/#%25F3 10aé", max_size=6)


@given(NAMES, NAMES, NAMES, NAMES)
def test_two_lines_never_share_a_key(
    order: str, number: str, order2: str, number2: str
) -> None:
    keys = (line_key(order, number), line_key(order2, number2))

    assert (keys[0] == keys[1]) == ((order, number) == (order2, number2))
    assert number_of(keys[0]) == escaped(number)


@given(NAMES, NAMES)
def test_a_key_of_today_in_an_older_record_stays(order: str, number: str) -> None:
    assert older_key(line_key(order, number), order) == line_key(order, number)


@given(NAMES, NAMES, st.sampled_from(["", "#2", "#13"]))
def test_a_key_in_which_nothing_was_escaped_becomes_that_of_today(
    order: str, number: str, part: str
) -> None:
    assume(not {"%", "#"} & set(number) and "#" not in order)

    assert older_key(f"{order}/{number}{part}", order) == line_key(order, number)
