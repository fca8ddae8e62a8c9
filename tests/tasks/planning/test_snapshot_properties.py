"""Joining is a join: order, grouping and repetition of replies do not matter."""

from itertools import groupby, pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from serializers.order_record import Line
from tasks.planning.snapshot import join
from tasks.planning.statuses import DEFAULT_STATUSES, rule_of
from tests.tasks.samples import line

Reply = tuple[Line, ...]
Snapshot = tuple[Line, ...]

CODES = [*DEFAULT_STATUSES, "QQQ", "ZZZ"]
DATES = ["", "2026-02-01", "2026-02-02"]


def joined(*parts: Reply) -> Snapshot:
    seen: Snapshot = ()
    for part in parts:
        seen, _ = join(seen, part, DEFAULT_STATUSES)
    return seen


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    """A reply whose lines' facts come late, and do not change once they are there."""
    numbers = draw(st.lists(st.sampled_from(["10", "20", "30"]), unique=True))
    return tuple(
        line(
            draw(st.sampled_from(CODES)),
            number,
            status_date=draw(st.sampled_from(DATES)),
            ship_date=draw(st.sampled_from(["", "2026-02-03"])),
            invoice=draw(st.sampled_from(["", f"90{number}"])),
            vendor_part=draw(st.sampled_from(["", "V-1"])),
            quantity=draw(st.sampled_from(["", "5"])),
        )
        for number in numbers
    )


@st.composite
def contradicting(draw: st.DrawFn) -> Reply:
    """A reply whose facts contradict those of others."""
    return tuple(
        line(
            one.status,
            one.number,
            status_date=one.status_date,
            quantity=draw(st.sampled_from(["", "1", "2", "x"])),
            invoice=draw(st.sampled_from(["", "1", "2"])),
            ship_date=draw(st.sampled_from(DATES)),
        )
        for one in draw(replies())
    )


def statuses(snapshot: Snapshot) -> dict[str, tuple[str, str]]:
    return {one.key: (one.status, one.status_date) for one in snapshot}


@given(contradicting(), contradicting())
def test_either_of_two_replies_may_come_first(one: Reply, other: Reply) -> None:
    assert joined(one, other) == joined(other, one)


@given(replies(), replies(), replies())
def test_replies_may_be_joined_in_any_grouping(
    one: Reply, two: Reply, six: Reply
) -> None:
    assert joined(joined(one, two), six) == joined(one, joined(two, six))


@given(contradicting(), contradicting(), contradicting())
def test_statuses_may_be_joined_in_any_grouping_whatever_the_facts(
    one: Reply, two: Reply, six: Reply
) -> None:
    left, right = joined(joined(one, two), six), joined(one, joined(two, six))

    assert statuses(left) == statuses(right)


@given(contradicting(), contradicting())
def test_a_reply_that_comes_again_changes_nothing(one: Reply, other: Reply) -> None:
    seen = joined(one, other)

    assert join(seen, one, DEFAULT_STATUSES) == (seen, ())
    assert join(seen, seen, DEFAULT_STATUSES) == (seen, ())


@given(st.lists(contradicting(), max_size=6))
def test_no_transition_goes_to_a_lower_rank(parts: list[Reply]) -> None:
    seen: Snapshot = ()
    reported: list[tuple[str, int]] = []
    for part in parts:
        seen, changes = join(seen, part, DEFAULT_STATUSES)
        reported += [
            (change.line.key, rule_of(change.line.status, DEFAULT_STATUSES).rank)
            for change in changes
        ]

    for _, of_line in groupby(
        sorted(reported, key=lambda one: one[0]), lambda one: one[0]
    ):
        ranks = [rank for _, rank in of_line]
        assert all(before <= after for before, after in pairwise(ranks))


def test_five_replies_end_in_one_snapshot_in_each_of_their_120_orders() -> None:
    life = [
        (line("INC"), line("INC", "20")),
        (line("SCH"), line("BOR", "20")),
        (line("SHI", ship_date="2026-02-03"), line("SCH", "20")),
        (line("INV", invoice="9001"), line("SHI", "20")),
        (line("INV", ship_date="2026-02-03"), line("REJ", "20")),
    ]

    ends = {joined(*order) for order in permutations(life)}

    assert ends == {
        (line("INV", invoice="9001", ship_date="2026-02-03"), line("REJ", "20"))
    }
