"""A line whose quantity Westcon splits over several lines of its reply."""

from itertools import permutations

from serializers.order_record import Line
from tasks.planning.snapshot import Transition, join
from tasks.planning.statuses import DEFAULT_STATUSES
from tests.tasks.samples import NUMBER, line


def looks(*replies: tuple[Line, ...]) -> tuple[tuple[Line, ...], list[Transition]]:
    """The snapshot after these replies, and all transitions."""
    seen: tuple[Line, ...] = ()
    changes: list[Transition] = []
    for reply in replies:
        seen, new = join(seen, reply, DEFAULT_STATUSES)
        changes += new
    return seen, changes


def text(changes: list[Transition]) -> list[tuple[str, str]]:
    return [(change.line.status, change.line.quantity) for change in changes]


def test_the_part_that_is_furthest_keeps_the_lines_key() -> None:
    whole = line("SCH", quantity="5")
    parts = (line("SCH", quantity="2"), line("SHI", quantity="3"))

    seen, changes = looks((whole,), parts)

    key = f"{NUMBER}/10"
    assert [(one.key, one.status, one.quantity) for one in seen] == [
        (key, "SHI", "3"),
        (f"{key}#2", "SCH", "2"),
    ]
    assert text(changes) == [("SCH", "5"), ("SHI", "3"), ("SCH", "2")]


def test_parts_that_move_forward_never_take_a_line_back() -> None:
    seen, changes = looks(
        (line("SCH", quantity="5"),),
        (line("SHI", quantity="3"), line("SCH", quantity="2")),
        (line("INV", quantity="3"), line("SHI", quantity="2")),
        (line("INV", quantity="3"), line("INV", quantity="2")),
    )

    assert [one.status for one in seen] == ["INV", "INV"]
    assert text(changes)[1:] == [
        ("SHI", "3"),
        ("SCH", "2"),
        ("INV", "3"),
        ("SHI", "2"),
        ("INV", "2"),
    ]


def test_parts_of_one_status_are_the_same_parts_in_any_order() -> None:
    three, two = line("SHI", quantity="3"), line("SHI", quantity="2")

    seen, changes = looks((three, two), (two, three))

    assert [one.quantity for one in seen] == ["3", "2"]
    assert len(changes) == 2


def test_a_part_that_catches_up_is_notified_with_its_own_quantity() -> None:
    first = line("INV", quantity="3", status_date="2026-02-05", invoice="9001")
    second = line("INV", quantity="2", status_date="2026-02-10", invoice="9002")

    seen, changes = looks((first, line("SHI", quantity="2")), (second, first))

    assert text(changes)[-1] == ("INV", "2")
    assert [(one.quantity, one.invoice) for one in seen] == [
        ("3", "9001"),
        ("2", "9002"),
    ]


def test_a_part_that_catches_up_on_the_same_day_is_notified_by_its_own_invoice() -> (
    None
):
    first = line("INV", quantity="2", invoice="9001")
    second = line("INV", quantity="3", invoice="9002")

    _, changes = looks((first, line("SHI", quantity="3")), (second, first))

    assert text(changes)[-1] == ("INV", "3")
    assert changes[-1].line.invoice == "9002"


def test_a_part_that_overtakes_is_notified_with_its_own_quantity() -> None:
    early = line("SHI", quantity="3", status_date="2026-02-01")
    late = line("SHI", quantity="2", status_date="2026-02-03")
    billed = line("INV", quantity="2", status_date="2026-02-07")
    at_last = line("INV", quantity="3", status_date="2026-02-09")

    _, changes = looks((early, late), (early, billed), (billed, at_last))

    assert text(changes) == [("SHI", "3"), ("SHI", "2"), ("INV", "2"), ("INV", "3")]


def test_replies_with_a_split_line_end_alike_in_every_order() -> None:
    replies = [
        (line("SCH", quantity="5"),),
        (line("SHI", quantity="3"), line("SCH", quantity="2")),
        (line("INV", quantity="3"), line("SHI", quantity="2")),
        (line("INV", quantity="2"), line("INV", quantity="3")),
    ]

    ends = {looks(*order)[0] for order in permutations(replies)}

    assert len(ends) == 1
