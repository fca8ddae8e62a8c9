"""`waybill dead-letters edit`: a corrected revision is sent, and the letter stays."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from serializers.events.decode import MAX_BYTES
from serializers.events.entry_fields import of_event
from tests.ledger import acts
from tests.ledger.clock import World
from tests.serializers.events.event_samples import wire
from tests.waybill.terminal import Terminal
from waybill.dead_letters.revision import difference


def mended(folder: Path, value: object) -> str:
    file = folder / "mended.json"
    file.write_text(json.dumps(value), "utf-8")
    return str(file)


@pytest.fixture
def broken(ledger: World) -> World:
    """An event without its type was refused."""
    body = json.dumps(wire(type=None)).encode()
    ledger.ledger.bury_event("7-0", of_event(body), "event: type: missing", "malformed")
    return ledger


def test_a_corrected_event_goes_into_the_stream_under_another_id(
    broken: World, waybill: Terminal, tmp_path: Path
) -> None:
    file = mended(tmp_path, wire(type="order.placed"))

    result = waybill(
        *("dead-letters", "edit", "7-0", "--file", file, "--yes", "--as=jane"),
    )

    assert result.exit_code == 0, result.output
    added: Any = broken.redis.xrange("orders:events")
    ((entry, fields),) = added
    event = json.loads(fields[b"event"])
    assert event["id"].startswith(wire()["id"] + "-")
    assert fields[b"waybill-revision-of"] == b"event:7-0"
    assert "+  " in result.stdout
    assert result.stdout.splitlines()[-1].startswith(event["id"])
    shown = waybill("dead-letters", "show", "7-0").stdout
    assert f"corrected:   event {event['id']} in entry {entry.decode()}" in shown
    (act,) = waybill.json("audit", "list")
    assert (act["what"], act["target"], act["who"]) == (
        "event.corrected",
        "event:7-0",
        "jane",
    )


def test_the_same_corrected_event_is_sent_once(
    broken: World, waybill: Terminal, tmp_path: Path
) -> None:
    command = ("dead-letters", "edit", "7-0", "--yes", "--file")
    file = mended(tmp_path, wire(type="order.placed"))

    first, again = (waybill.json(*command, file) for _ in range(2))

    assert (first["result"], again["result"]) == ("revised", "known")
    assert first["revision"] == again["revision"]
    assert broken.redis.xlen("orders:events") == 1
    assert len(waybill.json("audit", "list")) == 1


def test_another_corrected_text_is_sent_also_under_an_id_that_was_given(
    broken: World, waybill: Terminal, tmp_path: Path
) -> None:
    command = ("dead-letters", "edit", "7-0", "--yes", "--file")
    texts = [wire(id="mine", type=f"order.{n}") for n in ("placed", "cancelled")]

    results = [waybill.json(*command, mended(tmp_path, one)) for one in texts]

    assert [one["result"] for one in results] == ["revised", "revised"]
    assert broken.redis.xlen("orders:events") == 2


def test_a_corrected_event_is_sent_without_the_blanks_that_people_read(
    broken: World, waybill: Terminal, tmp_path: Path
) -> None:
    text = "é" * 110
    lines = [{"line_number": str(n), "description": text} for n in range(1, 901)]
    event = wire(type="order.placed", data__lines=lines)
    pretty = json.dumps(event, indent=2, ensure_ascii=False).encode()
    assert len(pretty) > MAX_BYTES

    result = waybill(
        *("dead-letters", "edit", "7-0", "--file", mended(tmp_path, event), "--yes")
    )

    assert result.exit_code == 0, result.output
    added: Any = broken.redis.xrange("orders:events")
    body = added[0][1][b"event"]
    assert len(body) < MAX_BYTES
    assert json.loads(body)["data"] == event["data"]
    assert f'+        "description": "{text}"' in result.stdout


def test_what_publish_would_refuse_is_not_sent(
    broken: World, waybill: Terminal, tmp_path: Path
) -> None:
    file = mended(tmp_path, wire(type="order.placed", data__order_number=5))

    result = waybill("dead-letters", "edit", "7-0", "--file", file, "--yes")

    assert result.exit_code == 1
    assert "data.order_number: must be a text, not a number" in result.stderr
    assert broken.redis.xlen("orders:events") == 0


def test_a_corrected_notification_has_an_id_of_its_own_and_is_sent_once(
    ledger: World, waybill: Terminal, tmp_path: Path
) -> None:
    body: dict[str, Any] = {"eventId": "A" * 26, "resource": [{"orderNumber": "SO-1"}]}
    payload = json.dumps(body).encode()
    new = replace(acts.notification("A" * 26 + ".acme"), payload=payload)
    acts.dead(ledger, new)
    file = mended(tmp_path, body | {"topic": "resellers/orders"})
    command = ("dead-letters", "edit", new.id, "--file", file, "--yes")

    first = waybill.json(*command)
    again = waybill.json(*command)

    assert (first["result"], again["result"]) == ("revised", "known")
    assert first["revision"] == again["revision"]
    sent = json.loads(acts.field(ledger, first["revision"], "payload"))
    assert first["revision"] == f"delivery:{sent['eventId']}.acme"
    assert sent["eventId"] != body["eventId"]
    assert ledger.letters.count() == 1


def test_a_notification_stays_its_orders(
    ledger: World, waybill: Terminal, tmp_path: Path
) -> None:
    body: dict[str, Any] = {"eventId": "A", "resource": [{"orderNumber": "SO-1"}]}
    new = replace(acts.notification("A.acme"), payload=json.dumps(body).encode())
    acts.dead(ledger, new)
    other = mended(tmp_path, body | {"resource": [{"orderNumber": "SO-2"}]})

    result = waybill("dead-letters", "edit", "A.acme", "--file", other, "--yes")

    assert result.exit_code == 1
    assert "orderNumber: must stay" in result.stderr


def test_a_corrected_link_is_another_link(
    ledger: World, waybill: Terminal, tmp_path: Path
) -> None:
    acts.dead(ledger, acts.link("L1", json.dumps(["SO-1", "C-1"]).encode()))
    file = mended(tmp_path, {"order_number": "SO-1", "customer_id": "C-2"})
    bad = tmp_path / "bad.json"
    bad.write_text('{"order_number": "SO-1", "customer_id": " "}', "utf-8")

    refused = waybill("dead-letters", "edit", "L1", "--file", str(bad), "--yes")
    result = waybill.json("dead-letters", "edit", "L1", "--file", file, "--yes")

    assert refused.exit_code == 1
    assert json.loads(acts.field(ledger, result["revision"], "payload")) == [
        "SO-1",
        "C-2",
    ]


def test_without_a_terminal_or_a_file_nothing_is_edited(
    broken: World, waybill: Terminal
) -> None:
    result = waybill("dead-letters", "edit", "7-0")

    assert result.exit_code == 1
    assert "give --file" in result.stderr
    assert broken.letters.count() == 1


def test_what_differs_is_shown_as_a_difference_of_lines() -> None:
    assert difference("{\n  1\n}", "{\n  2\n}")[-4:] == [" {", "-  1", "+  2", " }"]


def test_what_no_character_is_is_named_and_not_sent(
    broken: World, waybill: Terminal, tmp_path: Path
) -> None:
    file = mended(tmp_path, wire(type="order.placed", id="\ud800"))

    result = waybill("dead-letters", "edit", "7-0", "--file", file, "--yes")

    assert result.exit_code == 1
    assert "a lone surrogate is no character" in result.stderr
    assert broken.redis.xlen("orders:events") == 0


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("output", [(), ("--json",)], ids=" ".join)
def test_who_is_asked_whether_has_been_shown_what_differs(
    waybill: Terminal, tmp_path: Path, output: tuple[str, ...]
) -> None:
    file = mended(tmp_path, wire(type="order.placed"))

    result = waybill(
        "dead-letters", "edit", "7-0", "--file", file, *output, stdin=b"y\n"
    )

    asked = result.stderr if output else result.stdout
    shown, _, _ = asked.partition("Send this?")
    assert '+  "type": "order.placed"' in shown
    assert result.exit_code == 0
    if output:
        assert json.loads(result.stdout)["result"] == "revised"
