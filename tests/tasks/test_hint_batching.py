"""How claims are cut into hints."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.hint_batching import Pace, best_hint_size, hints_of_size, merged
from tasks.ledger_values import Claim, Hint


def claims(*numbers: int) -> tuple[Claim, ...]:
    return tuple(Claim(f"watch:westcon:{n}", 1) for n in numbers)


def test_an_item_of_a_slow_destination_travels_alone() -> None:
    assert best_hint_size(1, Pace(0.1, 1, 32)) == 1
    assert best_hint_size(32, Pace(0.1, 1, 32)) == 1


def test_quick_calls_travel_together() -> None:
    assert best_hint_size(10, Pace(0.01, 1, 32)) == 5
    assert best_hint_size(10, Pace(0.0, 1, 32)) == 50


def test_a_backlog_is_spread_over_the_slots() -> None:
    assert best_hint_size(320, Pace(1.0, 1, 32)) == 10


def test_a_parcel_is_whole_calls() -> None:
    assert best_hint_size(25, Pace(1.0, 10, 32)) == 10
    assert best_hint_size(1_000, Pace(1.0, 10, 32)) == 40


@given(
    items=st.integers(1, 10_000),
    seconds=st.floats(0, 30),
    per_call=st.integers(1, 10),
    slots=st.integers(1, 64),
)
def test_a_parcel_is_never_empty_and_never_more_than_fifty_calls(
    items: int, seconds: float, per_call: int, slots: int
) -> None:
    size = best_hint_size(items, Pace(seconds, per_call, slots))

    assert per_call <= size <= 50 * per_call


def test_hints_of_one_destination_and_partition_become_one() -> None:
    one = Hint("westcon", 0, claims(1))
    other = Hint("westcon", 0, claims(2))
    elsewhere = Hint("westcon", 1, claims(3))
    deck = Hint("deck", 0, claims(4))

    assert merged([one, elsewhere, other, deck]) == [
        Hint("westcon", 0, claims(1, 2)),
        elsewhere,
        deck,
    ]


def test_nothing_is_lost_or_repeated_between_parcels() -> None:
    hint = Hint("deck", 2, claims(1, 2, 3, 4, 5))

    assert hints_of_size(hint, 2) == [
        Hint("deck", 2, claims(1, 2)),
        Hint("deck", 2, claims(3, 4)),
        Hint("deck", 2, claims(5)),
    ]
    assert hints_of_size(Hint("deck", 2, ()), 2) == []
