"""`waybill find`: what a text names, at once or by a look through every order."""

from dataclasses import replace
from typing import Any

import pytest

from serializers.events.entry_fields import of_event
from serializers.order_record import Line, Order, Portion, Shipment, mentions, pack
from serializers.order_record import spelled as spelled_
from serializers.timeline.codes import Code, note
from tasks.ledger_values import WatchMove
from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal, ledger_of
from workers.ledger import keys
from workers.ledger.views.finding import AT_ONCE, Match, named_by, searched

NOTIFICATION = "H67AKWM0CX2EHT8WEJRXJ7MDDT"


def order(number: str = "SO-1", **facts: Any) -> Order:
    lines = (
        Line(
            "7001/10",
            "10",
            "7001",
            "1",
            invoices=(Portion("9001", "1"),),
            shipments=(Shipment("2026-03-01", "1", tracking_numbers=("1Z9",)),),
        ),
    )
    known = {"purchase_order": "PO-7", "customer_id": "CUST-204"}
    return Order(number, lines=lines, westcon_number="6001", **{**known, **facts})


def placed(world: World, made: Order, event: str = "e-1") -> None:
    planned = acts.admission(world, number=made.number, watch=WatchMove.START)
    world.ledger.admit(
        [replace(planned, order=made, notes=(note(Code.PLACED, event),))]
    )


def found(waybill: Terminal, text: str) -> list[tuple[str, str | None]]:
    return [(one["by"], one["order"]) for one in waybill.json("find", text)]


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("SO-1", "order"),
        ("PO-7", "purchase order"),
        ("watch:westcon:SO-1", "watch"),
        ("CUST-204", "customer"),
        ("6001", "Westcon number"),
        ("7001", "Westcon number"),
        ("9001", "invoice"),
        ("1Z9", "tracking"),
        ("e-1", "event"),
    ],
)
def test_an_order_is_found_by_all_that_names_it(
    ledger: World, waybill: Terminal, text: str, by: str
) -> None:
    placed(ledger, order())
    placed(
        ledger,
        order("SO-2", purchase_order="PO-8", customer_id="CUST-2041")._replace(
            lines=(), westcon_number="60010"
        ),
        "e-12",
    )

    assert found(waybill, text) == [(by, "SO-1")]


def test_of_an_order_without_a_purchase_order_the_number_is_westcons(
    ledger: World, waybill: Terminal
) -> None:
    placed(ledger, order(purchase_order=""))

    assert found(waybill, "6001") == [("Westcon number", "SO-1")]


def test_parts_of_words_and_what_nothing_is_called_are_not_found(
    ledger: World, waybill: Terminal
) -> None:
    placed(ledger, order())

    result = waybill("find", "CUST-20")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "nothing is called CUST-20" in result.stderr
    assert waybill.json("find", "CUST-20") == []


@pytest.mark.parametrize(
    "text", ["delivery:" + NOTIFICATION + ".acme", NOTIFICATION + ".acme"]
)
def test_a_delivery_is_found_by_its_id(
    ledger: World, waybill: Terminal, text: str
) -> None:
    acts.admit(ledger, acts.notification(f"{NOTIFICATION}.acme"))

    assert found(waybill, text) == [("delivery", "SO-1")]


def test_a_notification_is_found_by_the_id_that_receivers_have(
    ledger: World, waybill: Terminal
) -> None:
    acts.admit(ledger, acts.notification(f"{NOTIFICATION}.acme"))
    acts.dead(ledger, acts.notification(f"{NOTIFICATION}.globex"), number="SO-2")
    ledger.redis.sadd(keys.endpoints(acts.root(ledger)), "acme", "globex")

    assert found(waybill, NOTIFICATION) == [
        ("delivery", "SO-1"),
        ("dead letter", "SO-2"),
    ]


def test_a_refused_event_is_found_by_its_id_and_by_its_entry(
    ledger: World, waybill: Terminal
) -> None:
    ledger.ledger.bury_event("1-0", of_event(b'{"id": "evt-9"}'), "why", "code")

    [by_id], [by_entry] = waybill.json("find", "evt-9"), waybill.json("find", "1-0")

    assert by_id == {"by": "refused event", "order": None, "item": "event:1-0"}
    assert by_entry["item"] == "event:1-0"
    assert "waybill dead-letters show event:1-0" in waybill("find", "1-0").stdout


def test_all_partitions_and_more_than_one_step_are_looked_through(
    redis: Any, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.ledger.views.finding.STEP", 3)
    cut = environ | {"WAYBILL_PARTITIONS": "4"}
    world = ledger_of(redis, cut)
    for n in range(12):
        placed(world, order(f"SO-{n}"), f"e-{n}")
    waybill = Terminal(cut)

    assert found(waybill, "SO-7") == [("order", "SO-7")]
    assert {name for _, name in found(waybill, "PO-7")} == {
        f"SO-{n}" for n in range(12)
    }
    assert sorted(found(waybill, "CUST-204")) == sorted(
        ("customer", f"SO-{n}") for n in range(12)
    )
    assert found(waybill, "e-11") == [("event", "SO-11")]


def test_a_pass_over_all_brings_no_timeline_that_does_not_hold_the_text(
    ledger: World,
) -> None:
    root, many = keys.prefix(0), 3 * AT_ONCE
    for n in range(many):
        placed(ledger, order(f"SO-{n}"), f"e-{n}")
        entries = [b"x" * 1_000] * 20
        ledger.redis.lpush(keys.timeline(root, f"SO-{n}"), *entries)
    before = ledger.redis.info("stats")["total_net_output_bytes"]

    found = list(searched(ledger.redis, "e-7", ledger.places, lambda _: True))

    brought = ledger.redis.info("stats")["total_net_output_bytes"] - before
    assert found == [Match("event", "SO-7")]
    assert brought < many * 1_000


def test_a_damaged_record_is_passed_over(ledger: World, waybill: Terminal) -> None:
    placed(ledger, order())
    root = acts.root(ledger)
    ledger.redis.set(keys.record(root, "SO-9"), b"\x01CUST-204")
    ledger.redis.lpush(keys.record(root, "SO-8"), b"CUST-204")

    assert found(waybill, "CUST-204") == [("customer", "SO-1")]


def test_what_is_spelled_in_another_way_in_json_is_found_all_the_same() -> None:
    for text in ('a "quoted" \\ name', "→中", "tab\tand\x00"):
        made = order(customer_id=text)

        assert mentions(pack(made), spelled_(text))
        assert ("customer", text) in list(named_by(made))


def test_explain_takes_whatever_names_one_order(
    ledger: World, waybill: Terminal
) -> None:
    placed(ledger, order())

    for text in ("PO-7", "CUST-204", "6001", "e-1", "watch:westcon:SO-1"):
        result = waybill("explain", text)

        assert result.exit_code == 0, text
        assert result.stdout.startswith("order SO-1\n  ")
        assert f"{text} is found as " in result.stderr
        assert waybill.json("explain", text)["order"] == "SO-1"


def test_explain_lists_several_orders_as_they_can_be_asked_for(
    ledger: World, waybill: Terminal
) -> None:
    placed(ledger, order())
    placed(ledger, order("SO 2"), "e-2")

    for text in ("PO-7", "CUST-204"):
        result = waybill("explain", text)

        assert (result.exit_code, result.stdout) == (1, "")
        assert "  waybill explain SO-1\n" in result.stderr
        assert "  waybill explain 'SO 2'\n" in result.stderr
    shown = waybill.json("explain", "PO-7")
    assert (shown["known"], sorted(shown["orders"])) == (False, ["SO 2", "SO-1"])


def test_explain_of_a_refused_event_names_its_dead_letter(
    ledger: World, waybill: Terminal
) -> None:
    ledger.ledger.bury_event("1-0", of_event(b'{"id": "evt-9"}'), "why", "code")

    result = waybill("explain", "evt-9")

    assert result.exit_code == 1
    assert "waybill dead-letters show event:1-0" in result.stderr


def test_an_order_number_goes_before_all_else_that_is_called_so(
    ledger: World, waybill: Terminal
) -> None:
    placed(ledger, order())
    placed(ledger, order("SO-2", purchase_order="SO-1"), "e-2")

    assert waybill.json("explain", "SO-1")["order"] == "SO-1"
    assert found(waybill, "SO-1") == [("order", "SO-1"), ("purchase order", "SO-2")]
