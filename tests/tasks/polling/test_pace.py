"""What a look by purchase order asks for, and when the last look is."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.order_record import Expected, Line
from tasks.ledger_values import Claim, Hint, Look
from tasks.outcomes.outcome import Again, Done
from tasks.planning.lines.coverage import delivered, is_covered, ordered
from tasks.planning.rules import WESTCON
from tasks.planning.statuses import DEFAULT_STATUSES
from tasks.polling.pace import SEARCH_EVERY, asked_for, kept
from tasks.polling.poll import poll
from tests.tasks.fakes import World
from tests.tasks.samples import leased, line, order, reported, watched

BY_PO = ("C", ("PO-7",))
OPEN, OTHER = line("SCH"), line("SCH", "20", sub_order="61", key="61/20")
DONE = line("INV", "30", sub_order="62", key="62/30")


def look(seen: bytes = b"", attempts: int = 1, **fields: Any) -> Look:
    one = order(**{"purchase_order": "PO-7"} | fields)
    return Look(Claim("watch:westcon:SO-1", 1), attempts, one, 1, seen=seen)


def asked(one: Look) -> tuple[str, tuple[str, ...]]:
    return asked_for(one, DEFAULT_STATUSES)


def test_without_an_order_of_its_own_a_watch_asks_by_purchase_order() -> None:
    erps = line("SHI", key="/10", sub_order="")

    for lines in ((), (DONE,), (erps,)):
        assert asked(look(lines=lines)) == BY_PO


def test_its_own_open_orders_are_asked_for_by_number() -> None:
    one = look(lines=(OPEN, OTHER, OTHER._replace(key="61/30"), DONE))

    assert asked(one) == ("W", ("60012345", "61"))


def test_what_is_its_own_without_a_line_yet_is_asked_for_too() -> None:
    one = look(lines=(OPEN,), assigned=("63",))

    assert asked(one) == ("W", ("63", "60012345"))


def test_a_watch_by_westcons_number_asks_for_that() -> None:
    one = look(westcon_number="0061", lines=(OPEN, OTHER))

    assert (asked(one), kept(one, "W")) == (("W", ("0061",)), b"")


def test_one_look_in_some_is_by_purchase_order() -> None:
    one, types = look(lines=(OPEN,)), []
    for _ in range(2 * SEARCH_EVERY):
        order_type, _ = asked(one)
        types.append(order_type)
        one = replace(one, seen=kept(one, order_type) or one.seen)

    assert "".join(types) == 2 * ("W" * (SEARCH_EVERY - 1) + "C")


def test_what_a_watch_keeps_of_a_first_look_is_nothing() -> None:
    assert kept(look(), "C") == kept(look(b"0"), "C") == b""


def test_after_a_failed_attempt_a_watch_asks_by_purchase_order() -> None:
    assert asked(look(attempts=2, lines=(OPEN,))) == BY_PO


def test_where_all_that_is_expected_is_known_nothing_more_is_looked_for() -> None:
    full = look(b"9", lines=(OPEN,), expected=(Expected("1", "5"),))
    short = look(b"9", lines=(OPEN,), expected=(Expected("1", "6"),))

    assert (asked(full), asked(short)) == (("W", ("60012345",)), BY_PO)


def test_an_order_that_westcon_has_no_more_is_looked_for_by_purchase_order() -> None:
    world = World()
    hint = watched(world, order(purchase_order="PO-7", lines=(OPEN, OTHER)))
    world.westcon.lines["PO-7"] = (reported("SHI", order_number="62"),)
    world.westcon.lines["61"] = (reported("NAO", order_number="61"),)
    world.westcon.lines["60012345"] = (reported("NAO"),)

    report = poll(world.westcon, hint, world.services())
    (outcome,) = report.outcomes.values()
    assert isinstance(outcome, Again)
    world.clock.pass_seconds(60)
    again = poll(world.westcon, claimed(world), world.services())

    assert again.outcomes == {"watch:westcon:SO-1": Done()}
    assert world.westcon.asked == [("W", ("60012345", "61")), BY_PO]


def claimed(world: World) -> Hint:
    return Hint(WESTCON, 0, world.ledger.claim(Hint(WESTCON, 0, ()), 10))


def test_one_of_two_orders_that_fails_fails_the_look_and_loses_nothing() -> None:
    world = World()
    hint = watched(world, order(purchase_order="PO-7", lines=(OPEN, OTHER)))
    world.westcon.lines["60012345"] = (reported("SHI"),)

    report = poll(world.westcon, hint, world.services())

    (outcome,) = report.outcomes.values()
    assert isinstance(outcome, Again)
    assert world.ledger.order("SO-1").lines == (OPEN, OTHER)


def test_calls_take_no_more_orders_than_a_batch() -> None:
    world = World()
    lines = tuple(
        line("SCH", key=f"7{n:02}/10", sub_order=f"7{n:02}") for n in range(13)
    )
    hint = watched(world, order(purchase_order="PO-7", lines=lines))
    for one in lines:
        number = one.sub_order
        world.westcon.lines[number] = (reported("SHI", order_number=number),)

    poll(world.westcon, hint, world.services())

    assert [len(numbers) for _, numbers in world.westcon.asked] == [10, 3]
    assert {one.status for one in world.ledger.order("SO-1").lines} == {"SHI"}


def test_an_order_split_off_late_is_found() -> None:
    world = World()
    hint = watched(world, order(purchase_order="PO-7"))
    first, later = reported("SCH"), reported("SCH", order_number="61")
    world.westcon.lines |= {"PO-7": (first,), "60012345": (first,)}
    poll(world.westcon, hint, world.services())
    world.westcon.lines |= {"PO-7": (first, later), "61": (later,)}

    for _ in range(SEARCH_EVERY):
        poll(world.westcon, leased(world, "SO-1"), world.services())

    assert [one.key for one in world.ledger.order("SO-1").lines] == [
        "60012345/10",
        "61/10",
    ]
    assert world.westcon.asked == [
        BY_PO,
        *[("W", ("60012345",))] * (SEARCH_EVERY - 1),
        BY_PO,
    ]


def covered(expected: tuple[Expected, ...], *lines: Line) -> bool | None:
    return is_covered(expected, lines, DEFAULT_STATUSES, ordered)


A5, B1 = Expected("1", "5", "a-1"), Expected("2", "1", "b-1")


@pytest.mark.parametrize(
    ("why", "lines"),
    [
        ("the part is under Westcon's number", [line(part="IM-1", quantity="6")]),
        ("in two orders", [line(quantity="2"), line(quantity="4")]),
        ("padding does not count", [line(part=" 00A-1 "), line(quantity="1")]),
        ("one of each", [line(part="A-1"), line(part="B-1", quantity="1")]),
        ("by the ERP's part", [line(part="X", vendor_part="A-1"), line(part="Y")]),
    ],
)
def test_lines_cover_what_is_expected_where(why: str, lines: list[Line]) -> None:
    assert covered((A5, B1), *lines) is True, why


@pytest.mark.parametrize(
    ("why", "lines"),
    [
        ("there is no line", []),
        ("one is missing", [line(quantity="5")]),
        ("one part does not stand for another", [line(part="A-1", quantity="6")]),
        ("what comes back is none", [line(quantity="7"), line(quantity="-5")]),
    ],
)
def test_lines_do_not_cover_what_is_expected_where(why: str, lines: list[Line]) -> None:
    assert covered((A5, B1), *lines) is False, why


def test_nobody_knows_what_covers_an_order_without_all_quantities() -> None:
    plenty = line(quantity="99")

    assert covered((), plenty) is None
    assert covered((A5, Expected("2")), plenty) is None


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.data())
def test_however_westcon_splits_it_exactly_all_of_it_covers(
    quantities: list[int], data: st.DataObject
) -> None:
    expected = tuple(
        Expected(str(n), str(q), f"P-{n % 2}") for n, q in enumerate(quantities)
    )
    rows = []
    for one in expected:
        first = data.draw(st.integers(0, int(one.quantity)))
        rows += [(one.part, first), (one.part, int(one.quantity) - first)]
    lines = [line(quantity=str(q), part=part) for part, q in rows]
    short = [*lines[1:]] if rows[0][1] else lines

    assert covered(expected, *lines) is True
    assert covered(expected, *short) is (short == lines)


def test_what_is_delivered_is_invoiced_and_not_rejected() -> None:
    parts = [line("INV", quantity="2"), line("SHI"), line("REJ", quantity="3")]

    found = [delivered(one, DEFAULT_STATUSES) for one in parts]

    assert list(map(str, found)) == ["2", "0", "0"]
    assert delivered(line("INV", quantity=""), DEFAULT_STATUSES) is None
