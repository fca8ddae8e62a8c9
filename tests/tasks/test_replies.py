"""Replies in any order, and of any content, taken all the way to what is told."""

import json
from itertools import chain, pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.errors import DecodeError
from serializers.order_record import Line, pack, unpack
from serializers.timeline.codes import Code, note
from serializers.westcon.reply import StatusLine, decode_reply
from tasks.ledger_values import Advance, Claim, Held
from tasks.outcomes.outcome import Done
from tasks.planning.statuses import DEFAULT_STATUSES, rule_of
from tasks.polling.compare import compare
from tasks.polling.poll import poll
from tests.tasks.fakes import ACME, RULES, START_MS, World
from tests.tasks.samples import NUMBER, leased, order, release, reported, watched

#: Line 20 is split, 40 is added and goes; 30 keeps the order watched.
LIFE: tuple[tuple[StatusLine, ...], ...] = (
    (reported("INC"), reported("INC", "20"), reported("SCH", "30")),
    (reported("SCH"), reported("BOR", "20"), reported("SCH", "30")),
    (
        reported("SHI", ship_date="2026-02-03"),
        reported("SCH", "20"),
        reported("SCH", "30"),
        reported("SCH", "40"),
    ),
    (
        reported("INV", invoice="9001"),
        reported("SHI", "20", quantity="3"),
        reported("SCH", "20", quantity="2"),
        reported("SCH", "30"),
    ),
    (
        reported("INV", invoice="9001", ship_date="2026-02-03"),
        reported("INV", "20", quantity="3"),
        reported("SHI", "20", quantity="2"),
        reported("SCH", "30"),
        reported("SHI", "40"),
    ),
)


def look(world: World, reply: tuple[StatusLine, ...]) -> None:
    world.westcon.lines = {NUMBER: reply}
    report = poll(world.westcon, leased(world, "SO-1"), world.services())
    assert set(report.outcomes.values()) == {Done()}
    release(world)


def moves(world: World) -> dict[str, list[tuple[str, str]]]:
    """Per key of a line, its transitions as the timeline tells them."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in chain.from_iterable(world.ledger.log["SO-1"]):
        if one.code in {Code.LINE_NEW, Code.LINE_MOVED}:
            before = one.named.get("before", "")
            found.setdefault(one["line"], []).append((before, one["status"]))
    return found


@pytest.mark.parametrize("turns", list(permutations(range(5))))
def test_five_replies_end_alike_in_each_of_their_120_orders_and_report_nothing_back(
    turns: tuple[int, ...],
) -> None:
    world = World()
    watched(world, order(westcon_number=NUMBER))

    for n in turns:
        look(world, LIFE[n])

    assert [(one.key, one.status) for one in world.ledger.order("SO-1").lines] == [
        (f"{NUMBER}/10", "INV"),
        (f"{NUMBER}/20", "INV"),
        (f"{NUMBER}/20#2", "SHI"),
        (f"{NUMBER}/30", "SCH"),
        (f"{NUMBER}/40", "SHI"),
    ]
    assert world.ledger.order("SO-1").lines[0].ship_date == "2026-02-03"
    for changes in moves(world).values():
        ranks = [rule_of(after, DEFAULT_STATUSES).rank for _, after in changes]
        assert all(before < after for before, after in pairwise(ranks))
        assert [before for before, _ in changes[1:]] == [a for _, a in changes[:-1]]
    ids = [event_id for _, event_id, *_ in world.ingram.received]
    assert len(ids) == 2 * len(set(ids)) == 2 * len(world.items_at(ACME))


ODD = st.sampled_from(
    ["", " ", "00000000", "20260230", "         2.000", "1e999999", "NaN", "-0", "٣"]
)
VALUES = st.text(max_size=8) | ODD | st.integers() | st.none() | st.booleans()
CELLS = (
    "eRPOrderLineNumber",
    "customerOrderNumber",
    "customerLineNumber",
    "eRPProductNumber",
    "lineQuantity",
    "lineStatusCode",
    "statusDate",
    "shipDate",
    "billingDocument",
)
LINES = st.fixed_dictionaries(
    {"eRPOrderNumber": VALUES}, optional=dict.fromkeys(CELLS, VALUES)
)


@given(st.lists(LINES, min_size=1, max_size=4))
def test_whatever_westcons_lines_hold_can_be_kept_and_notified(
    lines: list[object],
) -> None:
    body = json.dumps({"MT_OrderStatus_Response": lines}).encode()
    try:
        reply = decode_reply(body)
    except DecodeError:
        return

    found = compare(
        Claim("order:SO-1", 1), Held(order(), 1), reply, RULES, START_MS, 0.5
    )

    assert isinstance(found, Advance)
    assert found.order is not None
    assert unpack(pack(found.order)) == found.order
    for delivery in found.deliveries:
        assert json.loads(delivery.payload)["resource"]


def test_a_line_without_a_status_is_kept_and_notified_to_nobody() -> None:
    world = World()
    watched(world, order(westcon_number=NUMBER))

    look(world, (reported(""), reported("SHI", "20")))
    world.clock.pass_seconds(60)
    look(world, (reported("SCH"), reported("SHI", "20")))

    kept: tuple[Line, ...] = world.ledger.order("SO-1").lines
    assert [(one.number, one.status) for one in kept] == [("10", "SCH"), ("20", "SHI")]
    assert world.ingram.notified() == [("20", "IM::shipped")]


def test_an_unknown_code_is_kept_shown_and_notified_to_nobody() -> None:
    world = World()
    watched(world, order(westcon_number=NUMBER))

    look(world, (reported("QQQ"),))

    assert world.ledger.order("SO-1").lines[0].status == "QQQ"
    assert world.ledger.log["SO-1"] == [
        (note(Code.LOOK), note(Code.LINE_NEW, f"{NUMBER}/10", "QQQ"))
    ]
    assert world.ingram.notified() == []
    assert world.ledger.watch("SO-1").state == "due"


def test_a_line_that_westcon_reports_no_more_keeps_the_order_watched() -> None:
    world = World()
    watched(world, order(westcon_number=NUMBER))

    look(world, (reported("SCH"), reported("INV", "20")))
    world.clock.pass_seconds(60)
    look(world, (reported("INV", "20"),))

    kept = world.ledger.order("SO-1").lines
    assert [(one.number, one.status) for one in kept] == [("10", "SCH"), ("20", "INV")]
    assert world.ledger.watch("SO-1").state == "due"


def test_a_watch_out_of_patience_becomes_a_dead_letter_that_reports_it() -> None:
    world = World()
    watched(world, order(westcon_number=NUMBER))
    look(world, (reported("SCH"),))
    world.clock.pass_seconds(RULES.poll.patience + 1)

    report = poll(world.westcon, leased(world, "SO-1"), world.services())

    assert [gave_up.code for _, gave_up in report.failed()] == ["out_of_patience"]
    assert world.ledger.watch("SO-1").state == "dead"
