"""What `waybill status` shows of the ledger besides what waits, and how wide it is."""

import re
from dataclasses import replace

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from serializers.events.entry_fields import of_event
from serializers.reconcile.finding import LOST, Kind
from tasks.ledger_values import WatchMove
from tasks.outcomes.outcome import GiveUp
from tasks.restore_detection import Kind as Restore
from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import ABLE, Terminal, ledger_of
from waybill.status.comparisons import Compared
from waybill.status.page import FAILURES, RECENT_MS, page
from waybill.status.reasons import reasons
from waybill.status.snapshot import StatusSnapshot
from workers.ledger.endpoints.unknown import Waiting
from workers.ledger.identity.heartbeats import Alive
from workers.ledger.identity.metadata import LOST as MARK_LOST
from workers.ledger.reconcile.last_run import note_run
from workers.ledger.restore.findings import Found, Restored
from workers.ledger.stream.account import Losses
from workers.ledger.views.dead_kinds import DeadKind, dead_kinds
from workers.ledger.views.failures import Failure
from workers.ledger.views.gates import GateState
from workers.ledger.views.overview import DestinationState, Overview
from workers.ledger.views.result_streams import ResultStream

HOUR_MS = 3_600_000
NOW_MS = 1_790_000_000_000
SHUT = GateState(until_ms=NOW_MS + HOUR_MS, breaker=True, failures=5)


def test_a_destination_shows_how_it_has_failed_last(
    ledger: World, waybill: Terminal
) -> None:
    hint = acts.sent(ledger, acts.admit(ledger, acts.link()).leased[0])
    acts.settle(ledger, hint, replace(acts.AGAIN, reason="DECK answered 503: gone"))

    shown, seen = waybill("status").stdout, waybill.json("status")

    assert re.search(
        r"last failures deck \d s ago: http_503: DECK answered 503: gone", shown
    )
    [deck] = [one for one in seen["destinations"] if one["name"] == "deck"]
    assert deck["last_failure"]["code"] == "http_503"
    assert deck["last_failure"]["at"].endswith("Z")
    assert deck["last_failure"]["says"] == "DECK answered 503: gone"


def test_the_newest_failures_are_shown_and_an_old_one_where_the_gate_is_shut() -> None:
    failures = {
        f"ingram/e{n:02}": Failure(NOW_MS - n * 1000, "timeout", "no answer")
        for n in range(FAILURES + 2)
    }
    failures["deck"] = Failure(NOW_MS - RECENT_MS - 1, "http_500", "long ago")
    seen = StatusSnapshot(Overview(now_ms=NOW_MS), failures=failures)
    closed = replace(seen, gates={"deck": SHUT}, failures={"deck": failures["deck"]})

    assert "and of 2 more destinations" in page(seen, [])
    assert "long ago" not in page(seen, [])
    assert "long ago" in page(closed, [])


def test_dead_letters_are_counted_by_kind_with_the_age_of_the_oldest(
    redis: redis.Redis, environ: dict[str, str]
) -> None:
    cut = environ | {"WAYBILL_PARTITIONS": "2"}
    world = ledger_of(redis, cut)
    for n in range(4):
        acts.dead(world, acts.link(f"L{n}"), number=f"SO-{n}")
    acts.dead(world, acts.notification())
    hint = acts.admit(world, number="SO-W", watch=WatchMove.START).leased[0]
    acts.settle(world, acts.sent(world, hint), GiveUp("no", "nao"))
    world.ledger.bury_event("1-0", of_event(b"x"), "why", "code")

    kinds = {one.kind: one.count for one in dead_kinds(redis, 2)}

    assert kinds == {"event": 1, "link": 4, "notification": 1, "watch": 1}
    waybill = Terminal(cut)
    shown = waybill("status").stdout
    assert re.search(r"dead letters  7: event 1, the oldest \d s old; link 4", shown)
    by_kind = waybill.json("status")["dead_letters_by_kind"]
    assert [(one["kind"], one["count"]) for one in by_kind] == sorted(kinds.items())


def test_more_letters_than_one_script_looks_at_are_all_counted(
    ledger: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.ledger.views.dead_kinds.PAGE", 2)
    for n in range(5):
        ledger.ledger.bury_event(f"{n}-0", of_event(b"x"), "why", "code")
    ledger.redis.zadd(f"{acts.root(ledger)}dead", {"event:3-0": 1})

    assert dead_kinds(ledger.redis) == (DeadKind("event", 5, 1),)


def test_the_last_word_of_the_reconciliation_is_shown_and_what_is_lost_is_not_well(
    ledger: World, waybill: Terminal
) -> None:
    assert "reconcile     never run" in waybill("status").stdout
    acts.watch(ledger)

    note_run(ledger.redis, NOW_MS, {})
    well = waybill("status")
    note_run(ledger.redis, NOW_MS, {next(iter(LOST)): 2})
    [reason] = waybill.json("status")["reasons"]

    assert well.exit_code == 0, well.output
    assert "found nothing" in well.stdout
    assert "found what is lost: 2; " in reason
    # No plan need have been written.
    assert "`waybill reconcile --plan PLAN` writes the plan" in reason
    assert "`waybill reconcile apply PLAN`" in reason
    assert next(iter(LOST)) in Kind


def everything() -> StatusSnapshot:
    """A ledger with whatever can be wrong."""
    stuck = replace(ABLE, queues=(), intake=False, release=False, stuck=("queues",))
    parts = [replace(stuck, settings={"times": one}, up_seconds=9e9) for one in "ab"]
    every = [stuck, replace(stuck, pid=2, deployment="x"), *parts]
    workers = tuple(Alive(f"c{n}", one) for n, one in enumerate(every))
    late = DestinationState("ingram/acme", due=1, overdue_seconds=HOUR_MS)
    destinations = {
        one.name: one
        for one in (
            late,
            DestinationState("ingram/off", disabled=True),
            DestinationState("deck", overdue_seconds=HOUR_MS),
            DestinationState("westcon"),
            DestinationState("ingram/shut"),
        )
    }
    found = Overview(
        destinations,
        dead=3,
        losses=Losses(events=2, is_exact=False),
        results=[ResultStream(10, "erp")],
        oldest_event_ms=NOW_MS - HOUR_MS,
        now_ms=NOW_MS,
    )
    return StatusSnapshot(
        found,
        gates={"westcon": SHUT, "ingram/shut": SHUT},
        configured=frozenset({"deck", "westcon", "ingram/shut"}),
        missing=MARK_LOST,
        workers=workers,
        unfit=("Redis is 5.0; Waybill needs 6.2 or newer",),
        unknown={"acne": Waiting(3)},
        unknown_after=60.0,
        restored=Restored(
            tuple(Found(one, "it went back", NOW_MS, "w@h") for one in Restore),
            held=True,
        ),
        unread=(ResultStream(10, "erp", kept_from="7-0"),),
        dead=(DeadKind("link", 3, NOW_MS - HOUR_MS),),
        failures={"westcon": Failure(NOW_MS, "http_503", "it answered " + "503 " * 40)},
        comparisons=(Compared("reconcile", NOW_MS, "found 1", "`waybill reconcile`"),),
    )


def test_every_reason_ends_in_a_command_that_goes_on_from_there() -> None:
    nobody = replace(everything(), workers=())
    every = [*reasons(everything()), *reasons(nobody)]

    without = [
        why
        for why in every
        if not re.search(r"`(waybill|celery -A workers|kill) ?[^`]*`", why)
    ]

    assert without == []
    assert len(set(every)) > 20


@given(st.integers(40, 200))
def test_nothing_but_what_must_stay_whole_is_wider_than_the_terminal(
    columns: int,
) -> None:
    seen = everything()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("waybill.console.width", lambda: columns)
        shown = page(seen, list(reasons(seen)))

    wide = [line for line in shown.splitlines() if len(line) > max(columns, 72)]
    assert wide == []
    assert "not well: no worker serves" in shown
