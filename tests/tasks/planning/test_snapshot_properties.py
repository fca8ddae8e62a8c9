"""Answers joined in any order, split in any way, any number of times."""

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from serializers.order_record import Line
from tasks.planning.lines.answer import Question, Row
from tasks.planning.lines.snapshot import join
from tasks.planning.statuses import DEFAULT_STATUSES
from tests.tasks.fakes import START_MS
from tests.tasks.samples import row

Reply = tuple[Row, ...]
Snapshot = tuple[Line, ...]
Answered = tuple[int, Reply]

CODES = [*DEFAULT_STATUSES, "QQQ", "ZZZ"]
DATES = ["", "2026-02-01", "2026-02-02"]


def joined(seen: Snapshot, answer: Answered) -> Snapshot:
    minute, rows = answer
    question = Question(START_MS + minute * 60_000)
    return join(seen, rows, DEFAULT_STATUSES, question)[0]


def after(*answers: Answered) -> Snapshot:
    seen: Snapshot = ()
    for answer in answers:
        seen = joined(seen, answer)
    return seen


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    """Rows of three lines; facts may contradict those of other answers."""
    return tuple(
        row(
            draw(st.sampled_from(CODES)),
            draw(st.sampled_from(["10", "20", "30"])),
            quantity=draw(st.sampled_from(["", "0", "1", "2", "-1", "2.5"])),
            status_date=draw(st.sampled_from(DATES)),
            ship_date=draw(st.sampled_from(DATES)),
            invoice=draw(st.sampled_from(["", "9001", "9002"])),
            part=draw(st.sampled_from(["", "IM-1", "IM-2"])),
            unread=draw(st.sampled_from(["", "shipDate x"])),
        )
        for _ in range(draw(st.integers(0, 6)))
    )


ANSWERS = st.tuples(st.integers(0, 9), replies())


@given(st.lists(ANSWERS, max_size=4), replies(), st.randoms())
def test_rows_in_any_order_are_the_same_answer(
    before: list[Answered], rows: Reply, dice: random.Random
) -> None:
    seen = after(*before)
    shuffled = list(rows)
    dice.shuffle(shuffled)

    one, other = (joined(seen, (10, tuple(some))) for some in (rows, shuffled))

    assert one == other


@st.composite
def split(draw: st.DrawFn) -> tuple[Reply, Reply]:
    """An answer, and the same with rows split into parts of one each."""
    whole = [
        row(
            draw(st.sampled_from(CODES)),
            number,
            quantity=str(draw(st.integers(1, 4))),
            ship_date=draw(st.sampled_from(DATES)),
            invoice=draw(st.sampled_from(["", "9001"])),
        )
        for number in draw(st.lists(st.sampled_from(["10", "20"]), max_size=4))
    ]
    parts = [
        row(one.status, one.number, quantity="1", ship_date=one.ship_date)
        if not one.invoice
        else row(
            one.status,
            one.number,
            quantity="1",
            ship_date=one.ship_date,
            invoice=one.invoice,
        )
        for one in whole
        for _ in range(int(one.quantity))
    ]
    return tuple(whole), tuple(draw(st.permutations(parts)))


@given(st.lists(ANSWERS, max_size=3), split())
def test_rows_that_split_or_join_are_the_same_answer(
    before: list[Answered], pair: tuple[Reply, Reply]
) -> None:
    seen = after(*before)

    whole, parts = (joined(seen, (10, some)) for some in pair)

    assert whole == parts


@given(st.lists(ANSWERS, max_size=5))
def test_an_answer_that_comes_again_changes_nothing(answers: list[Answered]) -> None:
    in_order = sorted(answers, key=lambda one: one[0])
    seen = after(*in_order)

    for minute, rows in in_order[-1:]:
        question = Question(START_MS + minute * 60_000, confirm_ms=1)
        assert join(seen, rows, DEFAULT_STATUSES, question) == (seen, ())


@given(st.lists(ANSWERS, max_size=6))
def test_what_has_reached_a_stage_never_shrinks(answers: list[Answered]) -> None:
    seen: Snapshot = ()
    reached: dict[tuple[str, str], list[float]] = {}
    for answer in answers:
        seen = joined(seen, answer)
        for line in seen:
            for code, quantity in line.reached:
                if quantity:
                    amounts = reached.setdefault((line.key, code), [])
                    amounts.append(abs(float(quantity)))

    for amounts in reached.values():
        assert all(before <= now for before, now in pairwise(amounts))


@given(st.lists(ANSWERS, min_size=1, max_size=5), st.randoms())
def test_the_newest_answer_decides_what_is_ordered_and_open(
    answers: list[Answered], dice: random.Random
) -> None:
    """Whatever comes before or after it, as long as every line is in it."""
    rows = tuple(row("BOR", n, quantity="3") for n in ("10", "20", "30"))
    mixed = [*answers, (10, rows)]
    dice.shuffle(mixed)

    for line in after(*mixed):
        assert line.ordered == "3"
        assert {code for code, _ in line.now} <= {"BOR"}


ROWS = st.builds(
    row,
    quantity=st.sampled_from([*["2"] * 12, "", "3"]),
    status_date=st.sampled_from(DATES),
    ship_date=st.sampled_from(
        ["2026-02-01", "2026-02-01", "2026-02-01", "", "2026-02-02"]
    ),
    invoice=st.sampled_from(["", "", "9001", "9002"]),
    part=st.sampled_from(["", "IM-1"]),
    vendor_part=st.sampled_from(["", "V-1"]),
    unread=st.sampled_from(["", "", "shipDate x"]),
)


#: Statuses through which a line goes as a whole.
COURSES = ("SCH SHI", "SHI INV", "BOR INV", "SCH SHI INV", "BOR SCH SHI", "SHI SHI INV")


@st.composite
def lives(draw: st.DrawFn) -> tuple[Row, ...]:
    """Rows of one line, most of which have all of it."""
    course = draw(st.sampled_from(COURSES)).split()
    return tuple(draw(ROWS)._replace(status=code) for code in course)


@given(
    rows=lives(),
    minute=st.sampled_from([99, 99, 0, 1]),
    whole=st.sampled_from([True, True, False]),
)
def test_one_row_of_a_line_is_the_same_beside_a_row_of_nothing(
    rows: tuple[Row, ...], minute: int, *, whole: bool
) -> None:
    *before, one = rows
    seen = after(*((at, (found,)) for at, found in enumerate(before)))
    question = Question(START_MS + minute * 60_000, whole=whole)

    alone = join(seen, [one], DEFAULT_STATUSES, question)
    beside = join(seen, [one, one._replace(quantity="0")], DEFAULT_STATUSES, question)

    assert alone == beside
