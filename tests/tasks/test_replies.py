"""Replies in any order, and of any content, taken all the way to what is notified."""

import json
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.errors import DecodeError
from serializers.order_record import Line, pack, unpack
from serializers.timeline.codes import Code, note
from serializers.westcon.reply import StatusLine, decode_reply
from tasks.ledger_values import Advance, Claim, Held
from tasks.outcomes.outcome import Done
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


def shipped(world: World) -> dict[str, list[int]]:
    """The shipped quantities of each line, as one receiver was notified of them."""
    found: dict[str, list[int]] = {}
    for name, _, body, _ in world.ingram.received:
        for resource in json.loads(body)["resource"] if name == "acme" else ():
            for line in resource["lines"]:
                quantity = int(line.get("shippedQuantity", 0))
                found.setdefault(line["LineNumber"], []).append(quantity)
    return found


@pytest.mark.parametrize("turns", list(permutations(range(5))))
def test_five_replies_reach_the_same_in_each_of_their_120_orders_and_take_nothing_back(
    turns: tuple[int, ...],
) -> None:
    world = World()
    watched(world, order(westcon_number=NUMBER))

    for n in turns:
        look(world, LIFE[n])

    lines = world.ledger.order("SO-1").lines
    assert [(one.key, dict(one.reached).get("INV")) for one in lines] == [
        (f"{NUMBER}/10", "5"),
        (f"{NUMBER}/20", "3"),
        (f"{NUMBER}/30", None),
        (f"{NUMBER}/40", None),
    ]
    assert [max([0, *(int(q) for _, q in one.reached)]) for one in lines] == [
        5,
        5,
        0,
        5,
    ]
    assert [one.date for one in lines[0].shipments] == ["2026-02-03"]
    for quantities in shipped(world).values():
        assert quantities == sorted(quantities)
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

    claim, held, now_ms = Claim("watch:westcon:SO-1", 1), Held(order(), 1), START_MS
    found = compare(claim, held, reply, RULES, now_ms, 0.5, asked_ms=now_ms)

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
