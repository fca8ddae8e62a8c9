"""The ERP's lines find their place under Westcon's keys."""

from collections.abc import Sequence

import pytest

from serializers.line_key import line_key
from serializers.order_record import Line, Portion, Shipment
from tasks.planning.lines.answer import Row
from tasks.planning.lines.line_keys import adopted as adopted_by
from tasks.planning.statuses import DEFAULT_STATUSES
from tasks.polling.joining import row_of
from tests.tasks.fakes import World
from tests.tasks.samples import (
    NUMBER,
    changed,
    event,
    line,
    release,
    reported,
    row,
    take_in,
)


def adopted(seen: Sequence[Line], found: Sequence[Row]) -> tuple[Line, ...]:
    return adopted_by(seen, found, DEFAULT_STATUSES)


OURS = line("SHI", key="/10", sub_order="")


def test_a_line_of_the_erps_takes_westcons_key_and_number() -> None:
    assert adopted((OURS,), (row("SCH"),)) == (line("SHI"),)


def test_a_line_that_westcon_does_not_report_keeps_its_key() -> None:
    assert adopted((OURS,), (row("SCH", "20"),)) == (OURS,)


def test_of_several_orders_of_westcons_the_one_of_the_same_status_is_meant() -> None:
    first = row("SCH", key="111/10", sub_order="111")
    second = row("SHI", key="222/10", sub_order="222")

    assert adopted((OURS,), (first, second))[0].key == "222/10"
    assert adopted((OURS,), (second, first))[0].key == "222/10"


def test_where_none_has_the_status_the_first_order_is_meant() -> None:
    first = row("SCH", key="111/10", sub_order="111")
    second = row("SCH", key="222/10", sub_order="222")

    assert adopted((OURS,), (second, first))[0].key == "111/10"


def test_a_line_that_is_known_takes_in_the_erps_word_of_it() -> None:
    """Or that would be a line of its own, of which Westcon reports nothing ever."""
    box = Shipment("2026-02-03", "5", "UPS", tracking_numbers=("1Z1",))
    ours = OURS._replace(shipments=(box,), vendor_part="V-1", changes=1, notified=True)
    known = line("INV", quantity="2", ordered="5", invoice="9", changes=2)

    (found,) = adopted((ours, known), (row("INV"),))

    assert (found.key, found.sub_order, found.ordered) == (known.key, NUMBER, "5")
    assert found.reached == (Portion("SHI", "5"), Portion("INV", "2"))
    assert (found.shipments, found.invoices) == ((box,), (Portion("9", "2"),))
    assert (found.vendor_part, found.notified) == ("V-1", True)
    assert found.changes > ours.changes + known.changes


@pytest.mark.parametrize("later", ["ours", "theirs"])
def test_what_is_open_of_it_is_the_later_word(later: str) -> None:
    ours = line("HLD", key="/10", sub_order="", asked_ms=9 if later == "ours" else 1)

    (found,) = adopted((ours, line("BOR", asked_ms=5)), (row("BOR"),))

    assert found.status == {"ours": "HLD", "theirs": "BOR"}[later]


def test_a_line_that_is_known_and_not_reported_takes_in_nothing() -> None:
    seen = (OURS, line("INV"))

    assert adopted(seen, (row("INV", "20"),)) == seen


def test_of_two_orders_the_one_that_is_not_known_yet_is_meant() -> None:
    second = row("INV", key="999/10", sub_order="999")

    found = adopted((OURS, line("INV")), (row("INV"), second))

    assert sorted(one.key for one in found) == [line("INV").key, "999/10"]


def test_lines_that_have_westcons_number_are_left_alone() -> None:
    seen = (line("SCH"), line("INV", "20"))

    assert adopted(seen, (row("SHI"), row("SHI", "20", key="999/20"))) == seen


@pytest.mark.parametrize("number", ["10#2", "10%232", "1/0", "#", "%"])
def test_a_line_with_a_separator_in_its_number_is_a_line_of_its_own(
    number: str,
) -> None:
    world = World()
    world.westcon.lines["600"] = tuple(
        reported(status, order_number="600") for status in ("SCH", "SCH")
    )
    take_in(world, event("placed", westcon_number="600"))
    release(world)

    take_in(world, changed(1, f"{number}:SHI"), changed(2, f"{number}:INV"))
    release(world)

    assert world.ingram.notified() == [
        (number, "IM::shipped"),
        (number, "IM::invoiced"),
    ]
    statuses = {one.number: one.status for one in world.ledger.order("SO-1").lines}
    assert statuses == {"10": "SCH", number: "INV"}
    assert len(world.ledger.order("SO-1").lines) == 2


def test_a_line_with_a_separator_in_its_number_takes_westcons_key() -> None:
    ours = line("SHI", "10#2", key=line_key("", "10#2"), sub_order="")
    theirs = row_of(reported("SCH", "10#2"))

    assert adopted((ours,), (row("SCH"), theirs))[0].key == theirs.key


def test_two_orders_of_westcons_with_a_separator_in_their_numbers_stay_two() -> None:
    one = row_of(reported("SCH", "1", order_number="7/1"))
    other = row_of(reported("SCH", "1/1", order_number="7"))

    assert one.key != other.key
