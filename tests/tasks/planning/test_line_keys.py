"""The ERP's lines find their place under Westcon's keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.order_record import Line
from tasks.planning.line_keys import (
    KeyParts,
    adopted,
    escaped,
    line_key,
    part_key,
    parts_of,
    whole_line,
)
from tasks.polling.compare import line_of
from tests.tasks.fakes import World
from tests.tasks.samples import NUMBER, changed, event, line, release, reported, take_in

OURS = Line("/10", "10", "", "SHI")


def test_a_line_of_the_erps_takes_westcons_key_and_number() -> None:
    assert adopted((OURS,), (line("SCH"),)) == (
        Line(f"{NUMBER}/10", "10", NUMBER, "SHI"),
    )


def test_a_line_that_westcon_does_not_report_keeps_its_key() -> None:
    assert adopted((OURS,), (line("SCH", "20"),)) == (OURS,)


def test_of_several_orders_of_westcons_the_one_of_the_same_status_is_meant() -> None:
    first = Line("111/10", "10", "111", "SCH")
    second = Line("222/10", "10", "222", "SHI")

    assert adopted((OURS,), (first, second))[0].key == "222/10"
    assert adopted((OURS,), (second, first))[0].key == "222/10"


def test_where_none_has_the_status_the_first_order_is_meant() -> None:
    first = Line("111/10", "10", "111", "SCH")
    second = Line("222/10", "10", "222", "SCH")

    assert adopted((OURS,), (second, first))[0].key == "111/10"


def test_the_parts_of_a_split_line_move_together() -> None:
    part = Line("/10#2", "10", "", "SCH")

    moved = adopted((OURS, part), (line("SCH"), line("INC")))

    assert [one.key for one in moved] == [f"{NUMBER}/10", f"{NUMBER}/10#2"]


def test_a_key_that_is_taken_is_not_given_twice() -> None:
    seen = (OURS, line("INV"))

    assert adopted(seen, (line("INV"),)) == seen


def test_lines_that_have_westcons_number_are_left_alone() -> None:
    seen = (line("SCH"), line("INV", "20"))

    assert adopted(seen, (line("SHI"), line("SHI", "20", key="999/20"))) == seen


NAMES = st.text("/#%25F3 10aé", max_size=6)
PARTS = st.just("") | st.integers(2, 30).map(str)


@given(NAMES, NAMES, PARTS, NAMES, NAMES, PARTS)
def test_two_lines_never_share_a_key(
    order: str, number: str, part: str, order2: str, number2: str, part2: str
) -> None:
    keys = (
        part_key(line_key(order, number), part),
        part_key(line_key(order2, number2), part2),
    )

    assert (keys[0] == keys[1]) == ((order, number, part) == (order2, number2, part2))
    assert parts_of(keys[0]) == KeyParts(escaped(order), escaped(number), part)
    assert whole_line(keys[0]) == line_key(order, number)


def test_keys_of_plain_numbers_are_what_they_were() -> None:
    assert part_key(line_key("60012345", "10"), 2) == "60012345/10#2"
    assert parts_of("60012345/10#2") == KeyParts("60012345", "10", "2")


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
    assert len(world.ledger.order("SO-1").lines) == 3


def test_a_line_with_a_separator_in_its_number_takes_westcons_key() -> None:
    ours = Line(line_key("", "10#2"), "10#2", "", "SHI")
    theirs = line_of(reported("SCH", "10#2"))

    assert adopted((ours,), (line("SCH"), theirs))[0].key == theirs.key


def test_two_orders_of_westcons_with_a_separator_in_their_numbers_stay_two() -> None:
    one = line_of(reported("SCH", "1", order_number="7/1"))
    other = line_of(reported("SCH", "1/1", order_number="7"))

    assert one.key != other.key
