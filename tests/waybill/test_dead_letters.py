"""`waybill dead-letters`: found, shown, replayed once, discarded."""

import base64
import json
import re

import pytest

from serializers.events.entry_fields import of_event
from tasks.outcomes.outcome import Again
from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal

MEMBERS = [
    "id",
    "kind",
    "order",
    "destination",
    "reason",
    "fingerprint",
    "tries",
    "at",
    "earlier_order",
]


@pytest.fixture
def letters(ledger: World) -> World:
    """A link, a notification and an event that were given up."""
    acts.dead(ledger, acts.link("L1", b"\xff\x00"))
    acts.dead(ledger, acts.notification("N1"), number="SO-2")
    ledger.ledger.bury_event("7-0", of_event(b"not an event"), "not JSON", "decode")
    return ledger


def ids(printed: list[dict[str, object]]) -> list[object]:
    return [one["id"] for one in printed]


def test_json_lists_each_with_the_promised_members(
    letters: World, waybill: Terminal
) -> None:
    printed = waybill.json("dead-letters", "list")

    assert letters.letters.count() == 3
    assert [list(one) for one in printed] == [MEMBERS] * 3
    link, notification, event = sorted(printed, key=lambda one: one["kind"] != "link")
    if event["kind"] != "event":
        event, notification = notification, event
    assert (link["order"], link["destination"], link["tries"]) == ("SO-1", "deck", 1)
    assert (link["reason"], link["id"]) == ("refused", "delivery:L1")
    assert notification["destination"] == "ingram/acme"
    assert (event["order"], event["destination"], event["tries"]) == (None, None, 0)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", link["at"])
    assert len({one["fingerprint"] for one in printed}) == 3


def test_of_a_long_letter_a_person_sees_the_beginning(
    ledger: World, waybill: Terminal
) -> None:
    body = b"x" * 200_000
    ledger.ledger.bury_event("7-0", of_event(body), "too large", "malformed")

    shown = waybill("dead-letters", "show", "event:7-0").stdout
    printed = waybill.json("dead-letters", "show", "event:7-0")

    assert len(shown) < 100_000
    assert "... cut: 200000 bytes in all; --json shows them\n" in shown
    assert printed["payload"] == body.decode()


def test_no_letters_are_an_empty_list(ledger: World, waybill: Terminal) -> None:
    assert ledger.letters.count() == 0
    assert waybill.json("dead-letters", "list") == []
    assert "no such dead letters" in waybill("dead-letters", "list").stdout


@pytest.mark.parametrize(
    ("option", "value", "found"),
    [
        ("--kind", "event", "event:7-0"),
        ("--order", "SO-2", "delivery:N1"),
        ("--destination", "deck", "delivery:L1"),
    ],
)
def test_the_list_is_narrowed(
    letters: World, waybill: Terminal, option: str, value: str, found: str
) -> None:
    assert letters.letters.count() == 3

    assert ids(waybill.json("dead-letters", "list", option, value)) == [found]


def test_a_kind_that_does_not_exist_is_bad_usage(waybill: Terminal) -> None:
    assert waybill("dead-letters", "list", "--kind", "x").exit_code == 2


def test_a_payload_that_is_no_text_is_shown_in_base64(
    letters: World, waybill: Terminal
) -> None:
    printed = waybill.json("dead-letters", "show", "delivery:L1")

    assert letters.letters.find("delivery:L1") is not None
    assert printed["payload_encoding"] == "base64"
    assert base64.b64decode(printed["payload"]) == b"\xff\x00"


def test_a_letter_is_shown_with_its_payload_and_every_attempt(
    letters: World, waybill: Terminal
) -> None:
    hint = acts.admit(letters, acts.notification("N7"), number="SO-7").leased[0]
    for reason in ("busy", "reset", "slow"):
        failed = Again(0.0, reason, "http_503")
        acts.settle(letters, acts.sent(letters, hint), failed)
        hint = acts.claim(letters, "ingram/acme", number="SO-7")
    acts.settle(letters, acts.sent(letters, hint), acts.GIVE_UP)

    result = waybill("dead-letters", "show", "N7")

    assert result.exit_code == 0
    assert letters.letters.find("delivery:N7") is not None
    assert result.stdout.endswith("payload (utf-8):\ntold\n")
    _, _, history = result.stdout.partition("history:\n")
    assert re.findall(r"^  \d{4}-.*?Z  (.+)$", history, re.MULTILINE) == [
        "again http busy",
        "again http reset",
        "again http slow",
        "give_up http refused",
    ]


def test_an_entry_without_an_event_is_shown_with_all_its_fields(
    ledger: World, waybill: Terminal
) -> None:
    fields = ((b"data", b'{"a": 1}'), (b"data", b"\xff"), (b"\xfe", b"\x1b[2J"))
    ledger.ledger.bury_event("8-0", fields, "event: no field `event`", "malformed")

    printed = waybill.json("dead-letters", "show", "8-0")
    shown = waybill("dead-letters", "show", "8-0").stdout

    assert (printed["payload"], printed["reason"]) == ("", "event: no field `event`")
    assert [(one["name"], one["value"]) for one in printed["fields"]] == [
        ("data", '{"a": 1}'),
        ("data", "/w=="),
        ("/g==", "\x1b[2J"),
    ]
    codes = [(one["name_encoding"], one["value_encoding"]) for one in printed["fields"]]
    assert codes == [("utf-8", "utf-8"), ("utf-8", "base64"), ("base64", "utf-8")]
    assert 'field data (utf-8):\n{"a": 1}\nfield data (base64):\n/w==\n' in shown
    assert shown.endswith("field base64 /g== (utf-8):\n\\x1b[2J\n")


def test_a_letter_that_is_not_there_cannot_be_shown(
    ledger: World, waybill: Terminal
) -> None:
    assert ledger.letters.count() == 0

    result = waybill("dead-letters", "show", "delivery:X")

    assert result.exit_code == 1
    assert "delivery:X: gone" in result.stderr


def test_a_discarded_letter_is_forgotten(letters: World, waybill: Terminal) -> None:
    result = waybill("dead-letters", "discard", "L1", "event:7-0", "--reason=x")

    assert result.exit_code == 0
    assert letters.letters.count() == 1
    assert acts.state(letters, "delivery:L1") == "discarded"


def test_discarding_what_is_not_dead_is_reported(
    letters: World, waybill: Terminal
) -> None:
    acts.admit(letters, acts.notification("N2"))

    result = waybill("dead-letters", "discard", "N2", "--reason=x")

    assert result.exit_code == 1
    assert "not dead" in result.stdout


def test_a_watch_that_was_given_up_is_listed_under_its_order(
    ledger: World, waybill: Terminal
) -> None:
    hint = acts.watch(ledger, "SO-9")
    acts.settle(ledger, acts.sent(ledger, hint), acts.GIVE_UP)

    [printed] = waybill.json("dead-letters", "list")
    result = waybill("dead-letters", "replay", "SO-9")

    assert (printed["id"], printed["kind"], printed["order"]) == (
        "watch:westcon:SO-9",
        "watch",
        "SO-9",
    )
    assert result.exit_code == 0
    assert json.loads(waybill("dead-letters", "list", "--json").stdout) == []


@pytest.mark.parametrize("named", ["delivery:N1", "N1"])
@pytest.mark.parametrize("act", ["replay", "discard"])
def test_of_a_letter_that_is_gone_it_is_said_who_decided(
    ledger: World, waybill: Terminal, act: str, named: str
) -> None:
    acts.dead(ledger, acts.notification("N1"))
    waybill("dead-letters", act, "N1", "--as=jane", "--reason=known")

    shown = waybill("dead-letters", "show", named)

    assert shown.exit_code == 1
    assert f"there is no such dead letter: jane {act}ed it on " in shown.stderr
    assert "order SO-1 has what became of it" in shown.stderr
    unknown = waybill("dead-letters", "show", "N2")
    assert unknown.stderr == "Error: N2: gone: there is no such dead letter\n"
