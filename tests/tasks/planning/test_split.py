"""A line whose quantity Westcon splits over several rows, and joins again."""

from collections.abc import Sequence
from itertools import permutations

from serializers.order_record import Line, Portion, Shipment
from tasks.planning.lines.answer import Question, Row
from tasks.planning.lines.snapshot import join
from tasks.planning.lines.transitions import Transition
from tasks.planning.statuses import DEFAULT_STATUSES
from tests.tasks.fakes import START_MS
from tests.tasks.samples import row

Reply = tuple[Row, ...]


def looks(*replies: Reply) -> tuple[tuple[Line, ...], list[Transition]]:
    """The snapshot after these answers, one a minute, and all transitions."""
    return answered(list(enumerate(replies)))


def answered(
    replies: Sequence[tuple[int, Reply]],
) -> tuple[tuple[Line, ...], list[Transition]]:
    """The same for answers to questions of these minutes, in any order."""
    seen: tuple[Line, ...] = ()
    changes: list[Transition] = []
    for minute, reply in replies:
        question = Question(START_MS + 60_000 * minute)
        seen, new = join(seen, reply, DEFAULT_STATUSES, question)
        changes += new
    return seen, changes


def grown(changes: list[Transition]) -> list[tuple[str, str, str]]:
    return [(g.code, g.before, g.after) for c in changes for g in c.growths]


def test_parts_are_one_line_with_a_quantity_in_each_status() -> None:
    seen, changes = looks(
        (row("BOR"),), (row("BOR", quantity="3"), row("SHI", quantity="2"))
    )

    (line,) = seen
    assert (line.ordered, line.reached, line.now) == (
        "5",
        (Portion("SHI", "2"),),
        (Portion("BOR", "3"),),
    )
    assert grown(changes) == [("SHI", "0", "2")]


def test_each_quantity_reaches_each_stage_once() -> None:
    _, changes = looks(
        (row("SCH"),),
        (row("SHI", quantity="3"), row("SCH", quantity="2")),
        (row("INV", quantity="3"), row("SHI", quantity="2")),
        (row("INV", quantity="3"), row("INV", quantity="2")),
        (row("INV"),),
    )

    assert grown(changes) == [
        ("SHI", "0", "3"),
        ("SHI", "3", "5"),
        ("INV", "0", "3"),
        ("INV", "3", "5"),
    ]


def test_what_was_never_seen_shipped_grows_under_its_invoice_alone() -> None:
    seen, changes = looks(
        (row("SHI", quantity="2"), row("BOR", quantity="3")), (row("INV"),)
    )

    assert grown(changes)[1:] == [("INV", "0", "5")]
    assert dict(seen[0].reached) == {"SHI": "5", "INV": "5"}


def test_parts_shipped_on_two_days_are_two_shipments() -> None:
    first = row("SHI", quantity="2", ship_date="2026-02-01", invoice="9001")
    second = row("SHI", quantity="3", ship_date="2026-02-02", invoice="9002")

    seen, _ = looks((first, row("BOR", quantity="3")), (second, first))

    assert seen[0].shipments == (
        Shipment("2026-02-01", "2"),
        Shipment("2026-02-02", "3"),
    )
    assert dict(seen[0].invoices) == {"9001": "2", "9002": "3"}


def test_rows_in_any_order_are_the_same_line() -> None:
    rows = (
        row("SHI", quantity="1", ship_date="2026-02-01"),
        row("SHI", quantity="2", ship_date="2026-02-02"),
        row("BOR", quantity="3"),
        row("INV", quantity="4", ship_date="2026-02-02", invoice="9001"),
    )

    ends = {looks((row("SCH", quantity="10"),), p)[0] for p in permutations(rows)}

    assert len(ends) == 1


def test_answers_in_any_order_reach_the_same() -> None:
    replies: list[tuple[int, Reply]] = list(
        enumerate(
            (
                (row("SCH"),),
                (row("SHI", quantity="3"), row("BOR", quantity="2")),
                (row("INV", quantity="3"), row("SCH", quantity="2")),
                (
                    row("INV", quantity="3"),
                    row("SHI", quantity="1"),
                    row("REJ"),
                ),
            )
        )
    )

    lines = [answered(order)[0][0] for order in permutations(replies)]

    ends = {(one.ordered, one.reached[-1], one.now) for one in lines}
    shipped = {max(int(q) for _, q in one.reached) for one in lines}
    assert (len(ends), shipped) == (1, {4})
