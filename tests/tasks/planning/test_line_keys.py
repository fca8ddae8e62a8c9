"""The ERP's lines find their place under Westcon's keys."""

import pytest

from serializers.line_key import line_key
from tasks.planning.line_keys import adopted
from tasks.polling.joining import row_of
from tests.tasks.fakes import World
from tests.tasks.samples import (
    changed,
    event,
    line,
    release,
    reported,
    row,
    take_in,
)

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


def test_a_key_that_is_taken_is_not_given_twice() -> None:
    seen = (OURS, line("INV"))

    assert adopted(seen, (row("INV"),)) == seen


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
