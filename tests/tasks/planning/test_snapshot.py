"""Merge of one more answer into an order's lines."""

from collections.abc import Sequence

import pytest

from serializers.order_record import Line, Portion, Shipment
from tasks.planning.lines.answer import Question, Row
from tasks.planning.lines.distribution import is_finished
from tasks.planning.lines.snapshot import join
from tasks.planning.statuses import DEFAULT_STATUSES, StatusRule, StatusTable
from tests.tasks.fakes import START_MS
from tests.tasks.samples import line, row

Seen = tuple[Line, ...]


def joined(
    seen: Sequence[Line], *found: Row, later: int = 0, whole: bool = True
) -> tuple[Seen, list[tuple[str, str]]]:
    """The snapshot after an answer so many seconds later, and its changes."""
    question = Question(START_MS + later * 1000, whole=whole, confirm_ms=60_000)
    snapshot, changes = join(seen, found, DEFAULT_STATUSES, question)
    return snapshot, [c.shown for c in changes if c.is_progress]


def test_a_line_not_seen_before_is_a_transition_from_nothing() -> None:
    snapshot, changes = joined((), row("SCH"))

    assert snapshot == (line("SCH"),)
    assert changes == [("", "SCH")]


def test_the_same_answer_again_changes_nothing() -> None:
    snapshot, _ = joined((), row("SCH"), row("SHI", "20"))

    again = joined(snapshot, row("SCH"), row("SHI", "20"), later=60)

    assert again == (snapshot, [])


def test_what_has_reached_a_stage_never_goes_back() -> None:
    snapshot, forward = joined((line("SCH"),), row("SHI"))
    after, back = joined(snapshot, row("SCH", status_date="2026-12-31"), later=60)

    assert forward == [("SCH", "SHI")]
    assert (after[0].reached, after[0].now, back) == (snapshot[0].reached, (), [])


def test_among_open_states_the_newest_answer_wins() -> None:
    snapshot, first = joined((line("SCH"),), row("BOR"), later=1)
    after, second = joined(snapshot, row("SCH"), later=2)

    assert (first, second) == ([("SCH", "BOR")], [("BOR", "SCH")])
    assert after[0].changes == 2


def test_a_late_answer_changes_no_open_state_but_what_it_has_shipped_counts() -> None:
    snapshot, _ = joined((), row("BOR"), later=60)

    after, back = joined(snapshot, row("SCH"), later=30)
    shipped, grown = joined(
        snapshot, row("SHI", quantity="2"), row("SCH", quantity="3"), later=30
    )

    assert (after, back) == (snapshot, [])
    assert grown == [("BOR", "SHI 2 BOR 3")]
    assert shipped[0].asked_ms == snapshot[0].asked_ms


def test_late_facts_are_merged_without_progress() -> None:
    shipped = line("SHI", ship_date="2026-02-03")

    snapshot, changes = joined(
        (shipped,), row("SHI", ship_date="2026-02-03", invoice="9001"), later=1
    )

    (after,) = snapshot
    assert (after.shipments, after.invoices) == (
        (Shipment("2026-02-03", "5"),),
        (Portion("9001", "5"),),
    )
    assert changes == []


def test_a_corrected_ship_date_takes_the_place_of_the_first_with_its_parcels() -> None:
    hint_size = Shipment("2026-02-03", "5", "UPS", tracking_numbers=("1Z1",))
    shipped = line("SHI", shipments=(hint_size,))

    ((after,), _) = joined((shipped,), row("SHI", ship_date="2026-02-04"), later=1)

    moved = Shipment("2026-02-04", "5", "UPS", tracking_numbers=("1Z1",))
    assert after.shipments == (moved,)


def test_an_invoice_that_comes_first_implies_what_is_shipped() -> None:
    snapshot, _ = joined((), row("INV"))
    question = Question(START_MS - 60_000)

    _, late = join(snapshot, [row("SHI")], DEFAULT_STATUSES, question)

    assert [one.growths for one in late] == [()]


def test_a_line_that_is_gone_stays_as_it_was() -> None:
    seen, _ = joined((), row("SCH"), row("SHI", "20"))

    assert joined(seen, row("SHI", "20"), later=60) == (seen, [])


def test_a_quantity_that_comes_later_is_no_progress() -> None:
    snapshot, _ = joined((), row("SHI", quantity=""))
    after, changes = joined(snapshot, row("SHI", quantity="2"), later=1)

    assert (after[0].ordered, after[0].reached) == ("2", (Portion("SHI", "2"),))
    assert changes == []


def test_an_unreadable_quantity_is_that_which_is_known() -> None:
    snapshot, _ = joined((line(quantity="2"),), row(quantity=""), later=1)

    assert (snapshot[0].ordered, snapshot[0].now) == ("2", (Portion("SCH", "2"),))


def test_a_part_that_an_event_reports_leaves_the_rest_as_it_was() -> None:
    snapshot, _ = joined((line("BOR"),), row("SHI", quantity="2"), whole=False)

    (after,) = snapshot
    assert (after.ordered, after.distribution) == ("5", "SHI 2 BOR 3")


def test_codes_of_one_stage_are_one_stage() -> None:
    table = {**DEFAULT_STATUSES, "SHP": DEFAULT_STATUSES["SHI"]}
    question = Question(START_MS)

    seen, _ = join((), [row("SHP")], table, question)
    after, changes = join(seen, [row("SHI")], table, question)

    assert (after[0].reached, changes) == ((Portion("SHP", "5"),), ())


@pytest.mark.parametrize("status", ["INV", "REJ"])
def test_a_return_moves_as_a_sale_does(status: str) -> None:
    snapshot, _ = joined((), row("SHI", quantity="-2"))
    after, changes = joined(snapshot, row(status, quantity="-2"), later=1)

    assert changes
    assert is_finished(after[0], DEFAULT_STATUSES)


def finished(lines: Seen, table: StatusTable = DEFAULT_STATUSES) -> bool:
    return all(is_finished(one, table) for one in lines)


def test_a_line_is_finished_when_invoiced_and_rejected_cover_what_is_ordered() -> None:
    first, _ = joined((), row("INV", quantity="2"), row("BOR", quantity="3"))
    second, _ = joined(
        first, row("INV", quantity="2"), row("REJ", quantity="3"), later=60
    )

    assert (finished(first), finished(second)) == (False, True)
    assert finished((line("SHI"),), {"SHI": StatusRule(40, terminal=True)})
    assert not finished((line("SHI"), line("INV", "20")))
    assert not finished((line("QQQ"),))


def test_a_line_that_less_is_ordered_of_is_finished_once_a_second_answer_agrees() -> (
    None
):
    both = (row("INV", quantity="2"), row("BOR", quantity="3"))
    seen, _ = joined((), *both)

    shrunk, _ = joined(seen, both[0], later=60)
    soon, _ = joined(shrunk, both[0], later=90)
    agreed, _ = joined(soon, both[0], later=120)
    back, changes = joined(soon, *both, later=120)

    assert [finished(one) for one in (shrunk, soon, agreed, back)] == [
        False,
        False,
        True,
        False,
    ]
    assert changes == [("INV", "INV 2 BOR 3")]


def test_a_reinstated_rejection_is_progress_and_open_again() -> None:
    seen, _ = joined((), row("REJ"))
    after, changes = joined(seen, row("SCH"), later=1)

    assert changes == [("REJ", "SCH")]
    assert (finished(seen), finished(after)) == (True, False)


def test_a_row_of_nothing_beside_others_reaches_nothing() -> None:
    snapshot, _ = joined((), row("SHI", quantity="0"), row("BOR"))

    assert snapshot[0].distribution == "BOR"
