"""`waybill explain`: an order's story in words, or what to check."""

import json
from dataclasses import replace

from serializers.order_record import Line, Order, Portion, Return, Shipment
from serializers.timeline.codes import Code, note
from tasks.ledger_values import WatchMove
from tasks.outcomes.outcome import Again, Done
from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal
from waybill.explain.command import spellings
from workers.ledger import keys

NO_NUMBERS: dict[str, list[str]] = {
    name: [] for name in ("tracking_numbers", "serial_numbers", "mac_addresses")
}
LINE = Line(
    key="7001/10",
    number="10",
    sub_order="7001",
    ordered="2",
    reached=(Portion("SHI", "2"),),
    part="WC-1",
    shipments=(Shipment("2026-03-01", "2"),),
)


def placed(world: World, number: str = "SO-1") -> None:
    """An order of one shipped line, watched, with a link that failed once."""
    order = Order(number, "PO-7", customer_id="C-1", seen_ms=1, lines=(LINE,))
    planned = acts.admission(world, (acts.link(),), number, WatchMove.START)
    written = world.ledger.admit(
        [replace(planned, order=order, notes=(note(Code.PLACED, "e-1"),))]
    )
    [hint] = [one for one in written[0].leased if one.destination == "deck"]
    acts.settle(world, acts.sent(world, hint), Again(7200.0, "busy", "http_503"))


def test_the_story_holds_references_lines_watch_deliveries_and_timeline(
    ledger: World, waybill: Terminal
) -> None:
    placed(ledger)

    result = waybill("explain", "SO-1")

    assert result.exit_code == 0
    for shown in (
        "order SO-1",
        "purchase order: PO-7",
        "asked of Westcon as: C PO-7",
        "watch: is handed to a worker until ",
        "link to deck waits until ",
        "attempts: 1 of 10",
        "the ERP reports: order placed (event e-1)",
        "deck failed delivery L1 (http); again in 7200 s",
    ):
        assert shown in result.stdout
    [row] = [line for line in result.stdout.splitlines() if "SHI" in line]
    assert row.split() == ["10", "7001", "SHI", "2", "WC-1", "2026-03-01"]


def test_the_next_look_of_a_watch_that_waits_is_reported(
    ledger: World, waybill: Terminal
) -> None:
    placed(ledger)
    root = acts.root(ledger)
    ledger.redis.hset(f"{root}order:SO-1", mapping={"state": "due", "looked": 1})
    ledger.redis.zrem(f"{root}leased:westcon", "watch:westcon:SO-1")
    ledger.redis.zadd(f"{root}due:westcon", {"watch:westcon:SO-1": 1_893_456_000_000})

    stdout = waybill("explain", "SO-1").stdout

    assert "watch: next look 2030-01-01 00:00:00Z; last look 1970-01-01" in stdout


def test_json_is_one_object(ledger: World, waybill: Terminal) -> None:
    placed(ledger)

    shown = waybill.json("explain", "SO-1")

    assert (shown["order"], shown["known"], shown["version"]) == ("SO-1", True, 1)
    assert shown["westcon"] == {"order_type": "C", "order": "PO-7"}
    assert shown["lines"] == [
        {
            "number": "10",
            "sub_order": "7001",
            "status": "SHI",
            "status_date": "",
            "quantity": "2",
            "part": "WC-1",
            "vendor_part": "",
            "ship_date": "2026-03-01",
            "invoice": "",
            "reached": {"SHI": "2"},
            "now": {},
            "shipments": [LINE.shipments[0]._asdict() | NO_NUMBERS],
            "invoices": {},
        }
    ]
    assert shown["watch"]["state"] == "leased"
    [link] = shown["deliveries"]
    assert (link["id"], link["state"], link["tries"]) == ("delivery:L1", "due", 1)
    worded = "the ERP reports: order placed (event e-1)"
    assert {
        "line": worded,
        "words": worded,
        "notes": [{"code": "placed", "event": "e-1"}],
    }.items() <= shown["timeline"][0].items()


def test_the_reason_of_the_last_failure_is_shown_with_the_partners_words(
    ledger: World, waybill: Terminal
) -> None:
    reason = "DECK answered 400: The request is invalid. x: Required."
    hint = acts.admit(ledger, acts.link()).leased[0]
    acts.settle(ledger, acts.sent(ledger, hint), Again(7200.0, reason, "http_400"))

    assert f"    last try: {reason}" in waybill("explain", "SO-1").stdout.splitlines()
    [link] = waybill.json("explain", "SO-1")["deliveries"]
    assert link["failed"] == reason


def test_what_cannot_be_read_of_a_line_is_shown(
    ledger: World, waybill: Terminal
) -> None:
    odd = LINE._replace(shipments=(), unread="shipDate 25 Sept a>b")
    order = Order("SO-1", "PO-7", seen_ms=1, lines=(odd,))
    notes = (
        note(Code.LOOK),
        note(Code.LINE_NEW, "7001/10", "SHI"),
        note(Code.UNREAD, "7001/10", "shipDate 25 Sept a>b"),
    )
    planned = acts.admission(ledger)
    ledger.ledger.admit([replace(planned, order=order, notes=notes)])

    output = "line 7001/10: Westcon's shipDate 25 Sept a>b cannot be read, not notified"
    assert output in waybill("explain", "SO-1").stdout
    shown = waybill.json("explain", "SO-1")
    assert shown["unread"] == [output]
    assert shown["timeline"][-1]["words"] == (
        "Westcon reports: line 7001/10 is SHI; cannot read 7001/10 shipDate 25 Sept a>b"
    )


def test_a_delivery_that_is_done_waits_no_more(
    ledger: World, waybill: Terminal
) -> None:
    hint = acts.admit(ledger, acts.link()).leased[0]
    acts.settle(ledger, acts.sent(ledger, hint), Done())

    assert waybill.json("explain", "SO-1")["deliveries"] == []


def test_an_unknown_order_is_reported_with_what_to_check(
    ledger: World, waybill: Terminal
) -> None:
    acts.admit(ledger, number="so-7")

    result = waybill("explain", "SO-7")

    assert (result.exit_code, result.stdout) == (1, "")
    for hint in (
        "did you mean so-7?",
        "the spelling",
        "forgotten 30 days after",
        "no event waits in the stream",
        "dead-letters list --kind event",
    ):
        assert hint in result.stderr


def test_an_unknown_order_may_still_be_in_the_stream(
    ledger: World, waybill: Terminal
) -> None:
    ledger.stream.publish(b"an event")

    assert "not admitted yet" in waybill("explain", "SO-7").stderr


def test_an_unknown_order_is_json_too(ledger: World, waybill: Terminal) -> None:
    assert ledger.partitions == 1

    result = waybill("explain", "SO-7", "--json")

    shown = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (1, "")
    assert (shown["order"], shown["known"]) == ("SO-7", False)


def test_control_characters_of_an_order_reach_no_terminal(
    ledger: World, waybill: Terminal
) -> None:
    placed(ledger, "SO\x1b[31m-1")

    result = waybill("explain", "SO\x1b[31m-1")

    assert "order SO\\x1b[31m-1" in result.stdout
    assert "\x1b" not in result.output


def test_a_record_of_another_release_is_reported_as_that(
    ledger: World, waybill: Terminal
) -> None:
    acts.admit(ledger)
    ledger.redis.set(f"{keys.prefix(0)}record:SO-1", b"[99]")

    result = waybill("explain", "SO-1")

    assert result.exit_code == 1
    assert "the record of SO-1 cannot be read: order record of layout 99" in (
        result.stderr
    )
    assert "of the release that wrote it" in result.stderr


def test_what_explain_states_of_a_damaged_record_mends_it(
    ledger: World, waybill: Terminal
) -> None:
    acts.admit(ledger)
    ledger.redis.set(f"{keys.prefix(0)}record:SO-1", b"no record")

    output = waybill("explain", "SO-1").stderr
    named = output.partition("delete the key ")[2].partition(" ")[0]
    (held,) = ledger.ledger.orders(["SO-1"])
    ledger.redis.delete(named)
    acts.admit(ledger)

    assert held.damaged
    assert waybill("explain", "SO-1").exit_code == 0


def test_other_spellings_are_those_that_people_use() -> None:
    assert spellings(" so-7 ") == ["so-7", "SO-7"]
    assert spellings("007") == ["7"]
    assert spellings("7") == []


def test_what_came_back_is_shown_with_the_lines(
    ledger: World, waybill: Terminal
) -> None:
    back = (Return("10", "2"), Return("20", "0.5"))
    order = Order("SO-1", seen_ms=1, lines=(LINE,), returns=back)
    planned = acts.admission(ledger, (), "SO-1")
    ledger.ledger.admit(
        [replace(planned, order=order, notes=(note(Code.RETURNED, "e-1"),))]
    )

    shown = waybill("explain", "SO-1").stdout
    document = waybill.json("explain", "SO-1")

    assert "line 10: 2 returned" in shown
    assert "lines returned (event e-1)" in shown
    assert document["returns"] == [
        {"line": "10", "quantity": "2"},
        {"line": "20", "quantity": "0.5"},
    ]
