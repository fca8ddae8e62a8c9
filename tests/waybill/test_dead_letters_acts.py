"""Many dead letters are replayed or discarded: shown, tried with a few, guarded."""

import json
import signal
import threading
import time
from pathlib import Path

import pytest

from serializers.events.entry_fields import of_event
from tests.ledger import acts
from tests.ledger.clock import World
from tests.processes.child import Child
from tests.processes.forked import WAYBILL
from tests.waybill.terminal import Terminal
from waybill.dead_letters.canary import Seen, verdict
from workers.ledger import keys
from workers.redis.answers import text

ACME = "ingram/acme"


@pytest.fixture
def letters(ledger: World) -> World:
    """Four notifications, a link with a newer one behind it, and an event."""
    for n in range(4):
        acts.dead(ledger, acts.notification(f"N{n}"), number=f"SO-{n}")
    acts.dead(ledger, acts.link("L1"), number="SO-9")
    acts.admit(ledger, acts.link("L2"), number="SO-9")
    ledger.ledger.bury_event("7-0", of_event(b"no event"), "event: not JSON", "decode")
    return ledger


def test_what_would_be_replayed_is_counted_and_nothing_is_done(
    letters: World, waybill: Terminal
) -> None:
    before = acts.everything(letters)

    plan = waybill.json("dead-letters", "replay", "--all", "--dry-run")
    shown = waybill("dead-letters", "replay", "--destination", ACME, "--dry-run").stdout

    assert plan.pop("oldest").startswith("20")
    assert plan == {
        "count": 6,
        "destinations": {ACME: 4, "deck": 1, "": 1},
        "superseded": ["delivery:L1"],
        "again": [],
    }
    assert shown.startswith("4 dead letters, the oldest of 20")
    assert shown.endswith("  4 to ingram/acme\nNothing was done.\n")
    assert acts.everything(letters) == before


def test_letters_are_replayed_by_the_filters_of_the_list(
    letters: World, waybill: Terminal
) -> None:
    result = waybill.json("dead-letters", "replay", "--destination", ACME)

    assert {one["result"] for one in result} == {"replayed"}
    assert letters.letters.count() == 2
    entries = waybill.json("audit", "list")
    assert [one["what"] for one in entries] == ["dead_letter.replayed"] * 4
    assert {one["facts"]["filters"] for one in entries} == {f"destination={ACME}"}
    assert len({one["run"] for one in entries}) == 1


@pytest.mark.parametrize("act", ["replay", "discard"])
def test_an_empty_filter_is_refused(
    letters: World, waybill: Terminal, act: str
) -> None:
    found = [
        waybill("dead-letters", act, "--reason=x"),
        waybill("dead-letters", act, "--reason=x", "--kind", ""),
        waybill("dead-letters", act, "--reason=x", "--all", "L1"),
        waybill("dead-letters", act, "--reason=x", "--kind=link", "L1"),
    ]

    assert [one.exit_code for one in found] == [2] * 4
    assert letters.letters.count() == 6


def test_a_discard_asks_for_a_reason_and_keeps_it(
    letters: World, waybill: Terminal
) -> None:
    assert letters.letters.count() == 6
    without = waybill("dead-letters", "discard", "--kind", "event")
    result = waybill(
        *("dead-letters", "discard", "--kind", "event", "--as", "jane"),
        *("--reason", "sent anew"),
    )

    assert (without.exit_code, result.exit_code) == (2, 0)
    (entry,) = waybill.json("audit", "list")
    assert (entry["who"], entry["why"], entry["target"]) == (
        "jane",
        "sent anew",
        "event:7-0",
    )
    assert (entry["before"], entry["after"]) == ("dead decode", "gone")


def test_a_letter_that_was_replayed_twice_needs_again(
    ledger: World, waybill: Terminal
) -> None:
    acts.dead(ledger, acts.notification())
    for _ in range(2):
        assert waybill("dead-letters", "replay", "N1").exit_code == 0
        hint = acts.claim(ledger, ACME)
        acts.settle(ledger, acts.sent(ledger, hint), acts.GIVE_UP)

    third = waybill("dead-letters", "replay", "--all")
    again = waybill("dead-letters", "replay", "--all", "--again")

    assert third.exit_code == 1
    assert "replayed twice before" in third.stdout
    assert again.exit_code == 0


def test_with_again_the_trial_leaves_out_no_more_than_the_act(
    letters: World, waybill: Terminal
) -> None:
    replayed_twice(letters, "N0", "N1")
    command = ("dead-letters", "replay", "--destination", ACME)

    without = waybill.json(*command, "--dry-run")
    plan = waybill.json(*command, "--again", "--dry-run")
    shown = waybill(*command, "--again", "--dry-run").stdout
    done = waybill.json(*command, "--again")

    assert without["again"] == ["delivery:N0", "delivery:N1"]
    assert (plan["count"], plan["again"]) == (4, [])
    assert "left as they are" not in shown
    assert [one["result"] for one in done] == ["replayed"] * 4


def settled(world: World, outcome: object, stop: threading.Event) -> None:
    """A worker: whatever becomes due at acme ends so."""
    while not stop.wait(0.02):
        for n in range(4):
            hint = acts.claim(world, ACME, number=f"SO-{n}")
            if hint.claims:
                acts.settle(world, acts.sent(world, hint), outcome)  # type: ignore[arg-type] # an outcome


@pytest.mark.parametrize(
    ("outcome", "code", "left"),
    [(acts.DONE, 0, 0), (acts.GIVE_UP, 1, 4), (acts.AGAIN, 1, 3)],
)
def test_a_few_go_first_and_the_others_only_behind_their_success(
    letters: World, waybill: Terminal, outcome: object, code: int, left: int
) -> None:
    stop = threading.Event()
    worker = threading.Thread(target=settled, args=(letters, outcome, stop))
    worker.start()

    result = waybill(
        *("dead-letters", "replay", "--destination", ACME),
        *("--canary", "1", "--canary-wait", "30"),
    )

    stop.set()
    worker.join()
    assert result.exit_code == code, result.output
    dead = letters.letters.all()
    assert sum(one.destination == ACME for one in dead) == left
    assert ("nothing else was replayed" in result.stderr) is (code == 1)


def test_without_an_outcome_nothing_else_is_replayed(
    letters: World, waybill: Terminal
) -> None:
    result = waybill(
        *("dead-letters", "replay", "--destination", ACME),
        *("--canary", "2", "--canary-wait", "0"),
    )

    assert result.exit_code == 1
    assert "have no outcome yet" in result.stderr
    assert letters.letters.count() == 4


def replayed_twice(world: World, *refs: str) -> None:
    for ref in refs:
        item = keys.item(keys.prefix(0), f"delivery:{ref}")
        world.redis.hset(item, "history", "1 replayed\n2 replayed")


def test_what_would_be_left_as_it_is_is_not_one_of_the_first(
    letters: World, waybill: Terminal
) -> None:
    replayed_twice(letters, "N0", "N1")

    results = waybill.json(
        *("dead-letters", "replay", "--destination", ACME),
        *("--canary", "1", "--canary-wait", "0"),
    )

    assert results == [{"id": "delivery:N2", "result": "replayed"}]
    assert letters.letters.count() == 5


def test_where_all_would_be_left_as_they_are_each_is_named_with_why(
    letters: World, waybill: Terminal
) -> None:
    replayed_twice(letters, "N0", "N1", "N2", "N3")

    result = waybill("dead-letters", "replay", "--destination", ACME, "--canary=2")

    assert result.exit_code == 1
    assert result.stdout.count("replayed twice before: mend the cause") == 4
    assert letters.letters.count() == 6


def test_what_went_first_is_in_the_answer_where_the_others_stay(
    letters: World, waybill: Terminal
) -> None:
    few = ("--destination", ACME, "--canary", "2", "--canary-wait", "0")

    shown = waybill("dead-letters", "replay", "--destination", ACME, *few[2:])
    results = json.loads(waybill("dead-letters", "replay", *few, "--json").stdout)

    assert shown.exit_code == 1
    assert shown.stdout == "delivery:N0  replayed\ndelivery:N1  replayed\n"
    assert [one["id"] for one in results] == ["delivery:N2", "delivery:N3"]
    assert letters.letters.count() == 2


@pytest.mark.parametrize("option", ["--canary=1", "--rate=1"])
def test_what_goes_with_filters_is_not_ignored_beside_ids(
    letters: World, waybill: Terminal, option: str
) -> None:
    before = letters.letters.count()

    result = waybill("dead-letters", "replay", "7-0", option)

    assert result.exit_code == 2
    assert "--rate and --canary go with filters or --all" in result.stderr
    assert letters.letters.count() == before


def test_an_event_that_is_refused_anew_is_a_failure(
    letters: World, waybill: Terminal
) -> None:
    stop = threading.Event()

    def intake() -> None:
        while not stop.wait(0.02):
            for entry in letters.stream.read("a", 10, 20):
                again = of_event(b"no event")
                letters.ledger.bury_event(entry, again, "event: not JSON", "decode")

    worker = threading.Thread(target=intake)
    worker.start()
    result = waybill("dead-letters", "replay", "--kind=event", "--canary=1")
    stop.set()
    worker.join()

    assert result.exit_code == 1
    assert text(result.stderr).startswith("event:7-0  failed\n")


@pytest.mark.parametrize("count", [1, 3_400, 3_600])
def test_an_event_without_an_outcome_is_not_called_done_however_many_fields_it_has(
    ledger: World, waybill: Terminal, count: int
) -> None:
    ledger.stream.make()
    more = tuple((b"x%d" % n, b"") for n in range(count - 1))
    fields = (*of_event(b"no event"), *more)
    ledger.ledger.bury_event("7-0", fields, "event: not JSON", "decode")

    result = waybill(
        *("dead-letters", "replay", "--kind=event", "--canary=1"),
        *("--canary-wait", "0"),
    )

    assert result.exit_code == 1
    assert "have no outcome yet" in result.stderr
    assert ledger.stream.length() == 1


@pytest.mark.parametrize(
    ("ref", "seen", "word"),
    [
        ("delivery:N1", Seen("dead", 1, "x"), "failed"),
        ("delivery:N1", Seen("due", 1, "http_503"), "failed"),
        ("delivery:N1", Seen("due"), ""),
        ("delivery:N1", Seen("sending", 1), ""),
        ("delivery:N1", Seen("done"), "done"),
        ("delivery:N1", Seen(), "done"),
        ("event:7-0", Seen(), ""),
        ("watch:westcon:SO-1", Seen("due", 0, "", looked=True), "done"),
        ("watch:westcon:SO-1", Seen("due"), ""),
    ],
)
def test_what_is_seen_of_a_letter_decides_on_the_others(
    ref: str, seen: Seen, word: str
) -> None:
    assert verdict(ref, seen) == word


@pytest.mark.parametrize(
    ("act", "form", "line"),
    [
        ("replay", "--json", '"id": "delivery:N0",\n    "result": "replayed"'),
        ("discard", "--rate=0.5", "delivery:N0  discarded\n"),
    ],
)
def test_what_was_done_is_printed_though_somebody_interrupts_it(
    letters: World,
    environ: dict[str, str],
    tmp_path: Path,
    act: str,
    form: str,
    line: str,
) -> None:
    chosen = ("--destination", ACME, "--reason", "x", "--rate", "0.5", form)
    command = Child((WAYBILL, "dead-letters", act, *chosen), tmp_path / "log", environ)
    # The second one is begun when the first one has its answer.
    while letters.letters.count() > 4:
        assert command.running, command.output()
        time.sleep(0.01)

    command.send(signal.SIGINT)

    assert command.exit_code() == 1
    assert line in command.output()
    assert "Aborted!" in command.output()
    assert letters.letters.count() > 2


def test_what_was_done_is_printed_though_redis_fails(
    letters: World, waybill: Terminal
) -> None:
    """What the second one's lane should be in is no list."""
    letters.redis.set(keys.lane(keys.prefix(0), "SO-1", ACME), "x")

    result = waybill("dead-letters", "replay", "--destination", ACME)

    assert result.exit_code == 1
    assert result.stdout == "delivery:N0  replayed\n"
    assert "holds a key of another kind" in result.stderr
