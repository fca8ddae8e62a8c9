"""The ERP's lines find their place under Westcon's keys."""

from serializers.order import Line
from tasks.line_keys import adopted
from tests.tasks.samples import NUMBER, line

OURS = Line("/10", "10", "", "SHI")


def test_a_line_of_the_erps_takes_westcons_key_and_number() -> None:
    assert adopted((OURS,), (line("SCH"),)) == (
        Line(f"{NUMBER}/10", "10", NUMBER, "SHI"),
    )


def test_a_line_that_westcon_does_not_tell_keeps_its_key() -> None:
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
