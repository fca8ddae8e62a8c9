"""`waybill explain` shows what an order waits for now, what blocks it, until when."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from tasks.ledger_values import Hint
from tests.defaults import endpoint_states
from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal, known_to_a_worker, ledger_of, with_fields
from waybill.acting import login
from workers.dispatch.partition_gates import PartitionGates
from workers.dispatch.slots import Slots
from workers.ledger import keys
from workers.ledger.watch_hashes import hashes
from workers.steps.release import Release

ACME = "ingram/acme"
N1 = "delivery:N1"


def now_ms(world: World) -> int:
    seconds, micros = world.redis.time()
    return int(seconds) * 1000 + int(micros) // 1000


def due(world: World, ref: str = N1, where: str = ACME, ago: float = 1.0) -> None:
    """Have an item be due since so many seconds, or (below 0) in so many."""
    root = acts.root(world)
    world.redis.zrem(f"{root}leased:{where}", ref)
    world.redis.hset(hashes(world.redis, root, [ref])[ref], "state", "due")
    world.redis.zadd(f"{root}due:{where}", {ref: now_ms(world) - int(ago * 1000)})


def notified(world: World, ago: float = 1.0) -> None:
    acts.admit(world, acts.notification("N1"))
    due(world, ago=ago)


def delivery(waybill: Terminal, ref: str = N1, **settings: Any) -> Any:
    shown = waybill.json("explain", "SO-1", **settings)["deliveries"]
    return next(one for one in shown if one["id"] == ref)


def blockers(waybill: Terminal, ref: str = N1, **settings: str) -> dict[str, Any]:
    return {one["code"]: one for one in delivery(waybill, ref, **settings)["blockers"]}


def ms(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


def test_an_item_that_has_just_become_due_is_taken_next(
    ledger: World, waybill: Terminal
) -> None:
    notified(ledger)

    shown = waybill("explain", "SO-1").stdout

    assert "notification to ingram/acme has been due for " in shown
    assert "a worker takes it next" in shown
    assert "waits until" not in shown
    assert delivery(waybill)["blockers"] == []
    assert 1.0 <= delivery(waybill)["overdue_seconds"] < 60


def test_an_item_that_nobody_takes_is_overdue(ledger: World, waybill: Terminal) -> None:
    notified(ledger, ago=600)

    assert "nobody has taken it for 10 min" in blockers(waybill)["overdue"]["says"]
    assert "blocked: nobody has taken it" in waybill("explain", "SO-1").stdout


def test_a_breaker_that_is_open_blocks_until_its_moment(
    ledger: World, waybill: Terminal
) -> None:
    notified(ledger)
    for _ in range(5):
        ledger.gates.failed(ACME)
    until = int(ledger.redis.hget(keys.gate(ACME), "until") or 0)

    gate = blockers(waybill)["gate"]

    assert ms(gate["until"]) == until
    assert "the breaker opened after 5 failures in a row" in gate["says"]
    assert "blocked: ingram/acme is not called until " in (
        waybill("explain", "SO-1").stdout
    )


def test_a_gate_blocks_what_is_due_before_it_opens_and_nothing_else(
    ledger: World, waybill: Terminal
) -> None:
    acts.admit(ledger, acts.notification("N1"), acts.notification("N2", "globex"))
    due(ledger, ago=-20)
    due(ledger, "delivery:N2", "ingram/globex", ago=-7200)
    for name in (ACME, "ingram/globex"):
        ledger.gates.close(name, 3600, "http_429")

    assert "it asked to wait (429)" in blockers(waybill)["gate"]["says"]
    assert blockers(waybill, "delivery:N2") == {}


def test_a_partition_that_rests_blocks_what_is_due(
    ledger: World, waybill: Terminal
) -> None:
    notified(ledger)
    PartitionGates(ledger.scripts).close(0, 60.0, "replicas")

    assert "too few replicas confirm" in blockers(waybill)["gate"]["says"]


def test_the_watch_reports_its_gate_too(ledger: World, waybill: Terminal) -> None:
    acts.watch(ledger)
    due(ledger, "watch:westcon:SO-1", "westcon", ago=3600)
    ledger.gates.close("westcon", 900, "http_403", probe=True)

    [blocker] = waybill.json("explain", "SO-1")["watch"]["blockers"]
    shown = waybill("explain", "SO-1").stdout

    assert blocker["code"] == "gate"
    assert "watch: next look has been due for 1 h" in shown
    assert "blocked: westcon is not called until " in shown
    assert "the quota of calls is used up (403); then one call goes first" in shown


def test_a_probe_that_is_out_blocks_the_others_until_it_counts_as_lost(
    ledger: World, waybill: Terminal
) -> None:
    notified(ledger)
    out = now_ms(ledger) + 60_000
    ledger.redis.hset(keys.gate(ACME), mapping={"open": 1, "until": 1, "probe": out})

    assert ms(blockers(waybill)["probe"]["until"]) == out


def test_calls_spoken_for_by_the_rate_limit_block_until_one_is_free(
    ledger: World, waybill: Terminal
) -> None:
    notified(ledger)
    slow = with_fields(waybill, rate=0.5)
    world = ledger_of(ledger.redis, {**waybill.environ, **slow})
    assert world.gates.ask(ACME, 1).calls == 1
    paced = float(ledger.redis.hget(keys.gate(ACME), "paced") or 0)

    rate = blockers(waybill, **slow)["rate"]

    assert abs(ms(rate["until"]) - paced) <= 1
    assert "0.5 calls a minute" in rate["says"]
    assert blockers(waybill) == {}


def test_a_disabled_endpoint_blocks_and_states_why_and_how_to_go_on(
    ledger: World, waybill: Terminal
) -> None:
    notified(ledger)
    waybill("endpoints", "disable", "acme", "--why", "moves house")

    disabled = blockers(waybill)["disabled"]

    assert disabled["until"] is None
    said = disabled["says"]
    assert f"(moves house, by {login()}) until `waybill endpoints enable acme`" in said
    assert "is disabled since 20" in said


def test_a_limit_of_leases_that_is_reached_blocks(
    ledger: World, waybill: Terminal
) -> None:
    notified(ledger)
    soon = now_ms(ledger) + 60_000
    cap = ledger.destinations[ACME].max_leased
    names = {f"filler-{n}": soon for n in range(cap)}
    ledger.redis.zadd(f"{acts.root(ledger)}leased:{ACME}", names)

    assert f"workers hold {cap} items" in blockers(waybill)["limit"]["says"]


def test_those_that_are_due_before_it_are_counted(
    ledger: World, waybill: Terminal
) -> None:
    notified(ledger)
    names = {f"earlier-{n}": 1 for n in range(7)}
    ledger.redis.zadd(f"{acts.root(ledger)}due:{ACME}", names)

    assert blockers(waybill)["turn"]["says"].endswith("due before it: 7")


def test_a_destination_that_is_not_in_the_settings_blocks(
    ledger: World, waybill: Terminal
) -> None:
    acts.admit(ledger, acts.notification("N1", "gone"))

    shown = blockers(waybill)["unknown_endpoint"]["says"]

    assert "no living worker knows endpoint gone" in shown
    known_to_a_worker(ledger.redis, "gone")
    assert blockers(waybill) == {}


def test_a_lease_that_has_ended_is_not_a_moment_to_wait_for(
    ledger: World, waybill: Terminal
) -> None:
    acts.admit(ledger, acts.notification("N1"))
    ended = now_ms(ledger) - 5_000
    ledger.redis.zadd(f"{acts.root(ledger)}leased:{ACME}", {N1: ended})

    shown = waybill("explain", "SO-1").stdout

    assert "was handed to a worker whose lease ended " in shown
    assert "a worker takes it next" in shown


def test_what_a_shell_would_read_is_quoted_in_a_command(
    ledger: World, waybill: Terminal
) -> None:
    acts.admit(ledger, acts.link("L; rm"))
    hint = acts.sent(ledger, acts.hint("deck", "delivery:L; rm", 1))
    ledger.ledger.settle(hint, "run", [acts.settlement(hint, acts.GIVE_UP)])

    message = blockers(waybill, "delivery:L; rm")["dead"]["says"]

    assert "replay 'delivery:L; rm'`" in message


def test_an_endpoint_that_the_order_names_and_the_settings_do_not_is_marked(
    ledger: World, waybill: Terminal
) -> None:
    planned = acts.admission(ledger)
    order = planned.order._replace(endpoints=("acme", "nowhere"))
    ledger.ledger.admit([replace(planned, order=order)])

    shown = waybill("explain", "SO-1").stdout

    assert "endpoints: acme, nowhere (not in the settings)" in shown


class _Sent:
    """Remembers the refs of the hints that were sent."""

    def __init__(self) -> None:
        self.refs: list[str] = []

    def send(self, hints: Sequence[Hint]) -> None:
        self.refs += [claim.ref for hint in hints for claim in hint.claims]


GATES: dict[str, dict[str, int]] = {
    "nothing": {},
    "closed": {"until": 600_000},
    "opened": {"open": 1, "until": 600_000},
    "probing": {"open": 1, "until": -1_000, "probe": 60_000},
    "half open": {"open": 1, "until": -1_000, "probe": -1_000},
    "paced": {"paced": 600_000},
}


@pytest.mark.parametrize(
    ("gate", "disabled", "full", "ago"),
    list(itertools.product(GATES, (False, True), (False, True), (1.0, -600.0))),
)
def test_what_nothing_blocks_is_what_release_takes(
    ledger: World,
    waybill: Terminal,
    gate: str,
    disabled: bool,  # noqa: FBT001 - a parameter of the test
    full: bool,  # noqa: FBT001 - a parameter of the test
    ago: float,
) -> None:
    """The words and Release's deeds go by the same state and must agree on it."""
    slow = with_fields(waybill, rate=60, max_leased=8)
    world = ledger_of(ledger.redis, {**waybill.environ, **slow})
    notified(world, ago=ago)
    now = now_ms(world)
    if GATES[gate]:
        world.redis.hset(
            keys.gate(ACME),
            mapping={n: v if n == "open" else now + v for n, v in GATES[gate].items()},
        )
    if disabled:
        endpoint_states(world.redis, world.scripts).disable("acme", "a person")
    if full:
        names = {f"filler-{n}": now + 60_000 for n in range(8)}
        world.redis.zadd(f"{acts.root(world)}leased:{ACME}", names)
    shown = delivery(waybill, **slow)
    sent = _Sent()
    release = Release(
        world.claims,
        world.gates,
        sent,
        world.destinations,
        world.room.most_leased,
        1.0,
        lambda _: 1.0,
        Slots(8),
    )

    release.turn()

    expected = not shown["blockers"] and shown["overdue_seconds"] > 0
    assert (sent.refs == [N1]) == expected


@pytest.mark.parametrize("why", ["", "http_429", "http_403", "token_refused"])
@pytest.mark.parametrize("where", ["westcon", ACME])
def test_a_shut_gate_names_the_command_that_opens_it(
    ledger: World, waybill: Terminal, where: str, why: str
) -> None:
    acts.watch(ledger)
    due(ledger, "watch:westcon:SO-1", "westcon", ago=60)
    acts.admit(ledger, acts.notification())
    due(ledger, ago=60)
    ledger.gates.close(where, 3600, why)
    command = f"`waybill gate open {where}` has one call go at once"

    assert command in " ".join(waybill.json("status")["reasons"])
    assert command in waybill("explain", "SO-1").stdout
