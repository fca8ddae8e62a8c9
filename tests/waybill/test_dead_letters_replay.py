"""Dead letters are replayed from the command line: one, all, or by their cause."""

import json
from typing import Any

import pytest

from serializers.events.entry_fields import of_event
from tasks.outcomes.outcome import GiveUp
from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal
from tests.waybill.test_dead_letters import ids


@pytest.fixture
def letters(ledger: World) -> World:
    """A link, a notification and an event that were given up."""
    acts.dead(ledger, acts.link("L1", b"\xff\x00"))
    acts.dead(ledger, acts.notification("N1"), number="SO-2")
    ledger.ledger.bury_event("7-0", of_event(b"not an event"), "not JSON", "decode")
    return ledger


def test_a_replayed_letter_is_on_its_way_again_with_or_without_prefix(
    letters: World, waybill: Terminal
) -> None:
    result = waybill("dead-letters", "replay", "delivery:L1", "N1")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "delivery:L1  replayed\nN1  replayed\n"
    assert acts.state(letters, "delivery:L1") == "due"
    assert acts.state(letters, "delivery:N1", "SO-2") == "due"


def test_a_replayed_event_is_in_the_stream_again(
    letters: World, waybill: Terminal
) -> None:
    assert waybill("dead-letters", "replay", "7-0").exit_code == 0

    entries: Any = letters.redis.xrange("orders:events")
    [(_, fields)] = entries
    assert fields == {
        b"event": b"not an event",
        b"waybill-first-entry": b"7-0",
        b"waybill-replays": b"1",
    }
    assert letters.letters.find("event:7-0") is None


def test_a_letter_is_replayed_once_per_request(
    letters: World, waybill: Terminal
) -> None:
    waybill("dead-letters", "replay", "L1")

    result = waybill("dead-letters", "replay", "L1", "delivery:X")

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "L1  not dead: it is on its way or has ended",
        "delivery:X  gone: there is no such dead letter",
    ]
    assert acts.field(letters, "delivery:L1", "state") == "due"


def test_an_older_link_is_refused_when_a_newer_one_waits(
    letters: World, waybill: Terminal
) -> None:
    acts.admit(letters, acts.link("L2"))

    result = waybill("dead-letters", "replay", "L1")

    assert result.exit_code == 1
    assert "refused: a newer link of this order waits" in result.stdout


def test_an_id_that_means_two_letters_is_not_guessed(
    letters: World, waybill: Terminal
) -> None:
    letters.ledger.bury_event("L1", of_event(b"x"), "not JSON", "decode")

    result = waybill("dead-letters", "replay", "L1")

    assert result.exit_code == 1
    assert "ambiguous" in result.stdout
    assert letters.letters.count() == 4
    assert waybill("dead-letters", "show", "L1").exit_code == 1


def test_all_letters_are_replayed(letters: World, waybill: Terminal) -> None:
    shown = waybill.json("dead-letters", "replay", "--all")

    assert {one["result"] for one in shown} == {"replayed"}
    assert len(shown) == 3
    assert letters.letters.count() == 0


def test_all_of_one_fingerprint_are_replayed(letters: World, waybill: Terminal) -> None:
    acts.dead(letters, acts.link("L2"), number="SO-3")
    listed = waybill.json("dead-letters", "list", "--destination", "deck")
    mark = listed[0]["fingerprint"]

    shown = waybill.json("dead-letters", "replay", "--all", "--fingerprint", mark)

    assert sorted(map(str, ids(shown))) == ["delivery:L1", "delivery:L2"]
    assert letters.letters.count() == 2


REASONS = (
    "event: data.order_number: missing",
    "event: data.lines[{n}].status: missing; source: missing",
    "event: data.lines[{n}].status: missing",
    "event: not JSON, Expecting value at character {n}",
)


def test_refused_events_are_grouped_and_replayed_by_cause(
    ledger: World, waybill: Terminal
) -> None:
    # As the release before has written them, too: by reason and one code for all.
    for n in range(40):
        why = REASONS[n % 4].format(n=n)
        ledger.ledger.bury_event(f"{n}-0", of_event(b"{}"), why, "malformed")
    listed = waybill.json("dead-letters", "list")
    mark = next(one["fingerprint"] for one in listed if one["id"] == "event:1-0")

    shown = waybill.json("dead-letters", "replay", "--all", "--fingerprint", mark)

    assert len({one["fingerprint"] for one in listed}) == 4
    assert {one["id"] for one in shown} == {f"event:{n}-0" for n in range(1, 40, 4)}
    assert ledger.letters.count() == 30


def test_links_that_json_and_xml_refuse_alike_are_one_group(
    ledger: World, waybill: Terminal
) -> None:
    for number, code in (("SO-1", "2"), ("SO-2", "OrderNotFound"), ("SO-3", "3")):
        output = "No such site" if code == "3" else f"Order {number} was not found"
        why = GiveUp(f"DECK answered ResponseCode {code}: {output}", f"deck_{code}")
        payload = json.dumps([number, "C-1"]).encode()
        written = acts.admit(ledger, acts.link(f"L-{code}", payload), number=number)
        acts.settle(ledger, acts.sent(ledger, written.leased[0]), why)

    prints = [one["fingerprint"] for one in waybill.json("dead-letters", "list")]

    assert sorted(map(prints.count, prints)) == [1, 2, 2]


def test_replaying_all_of_nothing_is_done(ledger: World, waybill: Terminal) -> None:
    result = waybill("dead-letters", "replay", "--all")

    assert ledger.letters.count() == 0
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize(
    "arguments", [[], ["L1", "--all"], ["L1", "--fingerprint", "x"]]
)
def test_replay_wants_ids_or_all(waybill: Terminal, arguments: list[str]) -> None:
    assert waybill("dead-letters", "replay", *arguments).exit_code == 2
