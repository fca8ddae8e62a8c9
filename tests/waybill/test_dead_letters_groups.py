"""`waybill dead-letters list`: groups first, narrowed by filters, 80 columns wide."""

import pytest
from rich.cells import cell_len

from serializers.events.entry_fields import of_event
from tasks.outcomes.outcome import GiveUp
from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal
from tests.waybill.test_dead_letters import ids
from workers.ledger import keys

CAUSES = (
    "event: data.order_number: missing",
    "event: data.lines[{n}].status: missing; source: missing",
    "event: data.lines[{n}].status: missing",
    "event: not JSON, Expecting value at character {n}",
)


@pytest.fixture
def letters(ledger: World) -> World:
    """Two links, a notification and an event that were given up."""
    acts.dead(ledger, acts.link("L1"))
    acts.dead(ledger, acts.link("L2"), number="SO-3")
    acts.dead(ledger, acts.notification("N1"), number="SO-2")
    ledger.ledger.bury_event("7-0", of_event(b"no event"), "event: not JSON", "decode")
    return ledger


def bury(world: World, root: str, ref: str, why: str, at_ms: int) -> None:
    """An event as it is a dead letter, without its way there."""
    fields = {"kind": "event", "payload": "{}", "why": why, "code": "malformed"}
    for name, value in (fields | {"state": "dead"}).items():
        world.redis.hset(keys.item(root, ref), name, value)
    world.redis.zadd(keys.dead(root), {ref: at_ms})


def test_what_failed_alike_is_one_group_with_the_command_that_goes_on(
    letters: World, waybill: Terminal
) -> None:
    assert letters.letters.count() == 4

    first, *_, total = waybill("dead-letters", "list").stdout.split("\n\n")

    title, reason, when, example, on = first.splitlines()
    mark = title.split()[-1]
    assert title.startswith("2 links to deck ")
    assert (reason, when.split()[0]) == ("    refused", "oldest")
    assert example == "    waybill dead-letters show delivery:L2"
    assert on == f"    waybill dead-letters list --fingerprint {mark}"
    assert total == "4 dead letters in 3 groups\n"
    shown = waybill(*on.split()[1:]).stdout
    assert [one for one in shown.splitlines() if not one.startswith(" ")] == [
        "delivery:L1",
        "delivery:L2",
    ]


def test_refused_events_of_four_causes_are_four_groups(
    ledger: World, waybill: Terminal
) -> None:
    for n in range(4_001):
        ref = f"event:{n}-1"
        bury(ledger, acts.root(ledger), ref, CAUSES[n % 4].format(n=n), n + 1)

    stdout = waybill("dead-letters", "list").stdout

    titles = [one for one in stdout.splitlines() if one and one[0] != " "]
    assert [one.split()[:2] for one in titles[:-1]] == [
        ["1,001", "events"],
        *[["1,000", "events"]] * 3,
    ]
    assert titles[-1] == "4,001 dead letters in 4 groups"


def test_no_line_is_wider_than_80_columns(ledger: World, waybill: Terminal) -> None:
    why = GiveUp("acme answered 400: " + "品番が見つかりません " * 60, "http_400")
    hint = acts.admit(ledger, acts.notification("N" * 26)).leased[0]
    acts.settle(ledger, acts.sent(ledger, hint), why)

    for arguments in ((), ("--letters",)):
        lines = waybill("dead-letters", "list", *arguments).stdout.splitlines()
        assert len(lines) >= 5
        assert max(map(cell_len, lines)) <= 80


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--code", "decode"), ["event:7-0"]),
        (("--kind", "link", "--order", "SO-3"), ["delivery:L2"]),
        (("--older", "1h"), []),
        (("--newer", "1h", "--kind", "event"), ["event:7-0"]),
        (("--limit", "2"), ["delivery:L1", "delivery:L2"]),
        (("--fingerprint", "0" * 12), []),
    ],
)
def test_letters_are_chosen_by_code_age_order_and_number(
    letters: World, waybill: Terminal, options: tuple[str, ...], found: list[str]
) -> None:
    assert letters.letters.count() == 4

    assert ids(waybill.json("dead-letters", "list", *options)) == found


def test_json_and_xml_codes_of_one_cause_are_told_apart_by_their_code(
    ledger: World, waybill: Terminal
) -> None:
    for number, code in (("SO-1", "2"), ("SO-2", "OrderNotFound")):
        why = f"DECK answered ResponseCode {code}: Order {number} was not found"
        written = acts.admit(ledger, acts.link(f"L-{code}"), number=number)
        outcome = GiveUp(why, f"deck_{code}")
        acts.settle(ledger, acts.sent(ledger, written.leased[0]), outcome)

    found = waybill.json("dead-letters", "list", "--code", "deck_2")

    assert ids(found) == ["delivery:L-2"]
    assert "2 links" in waybill("dead-letters", "list").stdout


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("acme", "did you mean ingram/acme?"),
        ("ingram/acne", "did you mean ingram/acme?"),
        ("Deck", "did you mean deck?"),
        ("zzzzzzzz", "there are: deck, "),
    ],
)
def test_of_a_wrong_destination_the_right_one_is_suggested(
    letters: World, waybill: Terminal, wrong: str, hint: str
) -> None:
    assert letters.letters.count() == 4

    result = waybill("dead-letters", "list", "--destination", wrong)

    assert (result.exit_code, result.stdout) == (2, "")
    assert hint in " ".join(result.stderr.split())


def test_more_groups_or_letters_than_are_shown_are_announced(
    letters: World, waybill: Terminal
) -> None:
    assert letters.letters.count() == 4

    groups = waybill("dead-letters", "list", "--limit", "1").stdout
    single = waybill("dead-letters", "list", "--letters", "--limit", "1").stdout

    assert groups.endswith("4 dead letters in 3 groups\n2 more: --limit 3\n")
    assert "There are more: --limit 10, or --json for all." in single


def test_the_letters_of_several_partitions_are_the_oldest_of_all(
    ledger: World, waybill: Terminal
) -> None:
    ledger.redis.set("wb:partitions", 4)
    for n, partition in enumerate((3, 0, 2, 1)):
        bury(ledger, keys.prefix(partition), f"event:{n}-1", "why", n + 1)

    printed = waybill.json("dead-letters", "list", "--limit=2", WAYBILL_PARTITIONS="4")

    assert ids(printed) == ["event:0-1", "event:1-1"]
