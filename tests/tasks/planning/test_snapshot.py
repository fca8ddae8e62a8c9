"""Two looks at an order and what lies between them."""

from collections.abc import Sequence

from serializers.order_record import Line
from tasks.planning.snapshot import all_terminal, join
from tasks.planning.statuses import DEFAULT_STATUSES, StatusRule
from tests.tasks.samples import line

Seen = tuple[Line, ...]


def joined(seen: Sequence[Line], *found: Line) -> tuple[Seen, list[tuple[str, str]]]:
    snapshot, changes = join(seen, found, DEFAULT_STATUSES)
    return snapshot, [(change.before, change.line.status) for change in changes]


def test_a_line_not_seen_before_is_a_transition_from_nothing() -> None:
    snapshot, changes = joined((), line("SCH"))

    assert snapshot == (line("SCH"),)
    assert changes == [("", "SCH")]


def test_the_same_reply_again_changes_nothing() -> None:
    snapshot, _ = joined((), line("SCH"), line("SHI", "20"))

    assert joined(snapshot, line("SCH"), line("SHI", "20")) == (snapshot, [])


def test_a_line_moves_forward_and_never_back() -> None:
    snapshot, forward = joined((line("SCH"),), line("SHI"))
    after, back = joined(snapshot, line("SCH", status_date="2026-12-31"))

    assert forward == [("SCH", "SHI")]
    assert (after, back) == (snapshot, [])


def test_of_statuses_of_one_rank_the_later_date_wins() -> None:
    table = {"A": StatusRule(10), "B": StatusRule(10)}

    snapshot, _ = join(
        (line("B", status_date="2026-01-01"),),
        (line("A", status_date="2026-01-02"),),
        table,
    )

    assert snapshot[0].status == "A"


def test_late_facts_are_merged_without_a_transition() -> None:
    shipped = line("SHI", ship_date="2026-02-03")

    snapshot, changes = joined((shipped,), line("SHI", invoice="9001"))

    assert snapshot == (line("SHI", ship_date="2026-02-03", invoice="9001"),)
    assert changes == []


def test_an_older_reply_fills_gaps_of_a_line_that_is_further() -> None:
    snapshot, changes = joined(
        (line("INV", quantity="", invoice="9001"),),
        line("SHI", ship_date="2026-02-03", vendor_part="V-1"),
    )

    expected = line(
        "INV", ship_date="2026-02-03", vendor_part="V-1", invoice="9001", quantity="5"
    )
    assert snapshot == (expected,)
    assert changes == []


def test_a_line_that_is_gone_stays_as_it_was() -> None:
    seen, _ = joined((), line("SCH"), line("SHI", "20"))

    assert joined(seen, line("SHI", "20")) == (seen, [])


def test_an_unknown_code_is_kept_and_gives_way_to_any_known_one() -> None:
    snapshot, first = joined((), line("QQQ"))
    after, second = joined(snapshot, line("INC"))
    _, third = joined(after, line("ZZZ"))

    assert first == [("", "QQQ")]
    assert second == [("QQQ", "INC")]
    assert third == []


def test_an_unreadable_quantity_gives_way_to_a_readable_one() -> None:
    snapshot, _ = joined((line(quantity="five"),), line(quantity="2"))

    assert snapshot[0].quantity == "2"


def test_an_order_is_finished_when_every_line_is() -> None:
    assert all_terminal((line("INV"), line("REJ", "20")), DEFAULT_STATUSES)
    assert not all_terminal((line("INV"), line("SHI", "20")), DEFAULT_STATUSES)
    assert not all_terminal((line("QQQ"),), DEFAULT_STATUSES)
    assert not all_terminal((), DEFAULT_STATUSES)
