"""Leases, claims and threads: bounds that hold whatever a destination is like."""

from hypothesis import assume, given
from hypothesis import strategies as st

from tasks.concurrency import (
    FEWEST,
    calls_at_once,
    calls_for,
    claim_size,
    direct_leases,
    leases_left,
    most_leased,
    own_leases,
    reserve_left,
    reserve_of,
    room_for,
    share_of,
    started_together,
)
from tasks.destination import Destination
from tests.defaults import destination, retry

COUNTS = st.integers(0, 10_000)
SECONDS = st.floats(0.0, 100.0)


@st.composite
def destinations(draw: st.DrawFn) -> Destination:
    return destination(
        "deck",
        retry(()),
        max_leased=draw(st.integers(1, 5_000)),
        per_call=draw(st.integers(1, 50)),
    )


@given(destinations(), SECONDS)
def test_no_more_is_leased_than_the_settings_allow(
    known: Destination, seconds: float
) -> None:
    assert 1 <= direct_leases(known, seconds) <= known.max_leased
    assert direct_leases(known, seconds) <= most_leased(known, seconds)
    assert most_leased(known, seconds) <= known.max_leased


@given(st.integers(1, 5_000), st.integers(1, 64))
def test_partitions_own_and_the_reserve_are_the_whole_limit(
    limit: int, partitions: int
) -> None:
    own, reserve = own_leases(limit, partitions), reserve_of(limit, partitions)

    assert own * partitions + reserve == limit
    assert min(own, reserve) >= 0
    # Any partition may have one, of its own or of the reserve.
    assert max(own, reserve) >= 1


@given(st.integers(1, 100), st.lists(st.integers(0, 20), min_size=1, max_size=16))
def test_what_is_left_of_a_limit_may_be_leased_and_no_more(
    limit: int, leased: list[int]
) -> None:
    assume(reserve_left(limit, leased) >= 0)

    left = leases_left(limit, leased)

    more = [leased[0] + left, *leased[1:]]
    assert reserve_left(limit, more) >= 0
    assert sum(more) <= limit
    assert leases_left(limit, more) == 0


@given(SECONDS, SECONDS)
def test_a_slower_destination_has_as_many_calls_or_more(
    one: float, other: float
) -> None:
    slower = max(one, other)

    assert calls_at_once(slower) >= calls_at_once(min(one, other)) >= FEWEST


@given(destinations(), COUNTS, COUNTS, st.integers(0, 64))
def test_a_claim_fits_its_room_and_its_threads_and_leaves_nothing_that_fits(
    known: Destination, room: int, ready: int, threads: int
) -> None:
    size = claim_size(known, room, ready, threads)

    assert 0 <= size <= room
    assert calls_for(known, size) <= threads
    if size < min(room, ready):
        assert calls_for(known, size) == threads


@given(COUNTS, COUNTS, COUNTS)
def test_leases_that_have_ended_take_no_room(
    most: int, running: int, ended: int
) -> None:
    assert room_for(most, running + ended, ended) == room_for(most, running, 0)


@given(st.integers(1, 1_000), st.integers(2, 100))
def test_one_of_several_destinations_leaves_threads_to_the_others(
    threads: int, count: int
) -> None:
    assert 1 <= share_of(threads, count) < max(threads, 2)
    assert share_of(threads, 1) == threads


@given(COUNTS)
def test_at_a_busy_process_a_few_destinations_may_be_hinted_at_all_the_same(
    left: int,
) -> None:
    assert started_together(left) >= max(left, FEWEST)
