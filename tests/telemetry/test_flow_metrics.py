"""Metrics of what waits, by kind, destination and age."""

from contextlib import nullcontext

import pytest
import redis
from prometheus_client import CollectorRegistry

from tests.ledger import acts
from tests.ledger.clock import World, build
from workers.ledger import keys
from workers.ledger.views.dead_summary import BETWEEN, DeadGroup, dead_groups
from workers.telemetry.ledger_metrics import LedgerMetrics
from workers.telemetry.ledger_snapshot import ledger_look

KNOWN = ("westcon", "deck", "ingram/acme")


@pytest.fixture
def world(redis: redis.Redis) -> World:
    made = build(redis)
    made.stream.make()
    return made


def reported(world: World, name: str, **labels: str) -> float | None:
    made = CollectorRegistry()
    client = world.redis
    made.register(
        LedgerMetrics(
            lambda: ledger_look(
                lambda: nullcontext(client), "orders:events", "waybill", KNOWN, 1
            )
        )
    )
    return made.get_sample_value(f"waybill_{name}", labels)


def age(world: World, ref: str, seconds: int) -> None:
    """Have a letter been given up so long ago, by the clock of the page."""
    now, _ = world.redis.time()
    world.redis.zadd(keys.dead(keys.prefix(0)), {ref: (now - seconds) * 1000})


def test_dead_letters_are_told_apart_by_kind_destination_and_age(world: World) -> None:
    acts.dead(world, acts.link("L1"), "SO-1")
    acts.dead(world, acts.link("L2"), "SO-2")
    acts.dead(world, acts.notification("N1"), "SO-3")
    watched = acts.sent(world, acts.watch(world, "SO-4"))
    acts.settle(world, watched, acts.GIVE_UP)
    world.ledger.bury_event("5-0", ((b"event", b"not json"),), "no JSON", "decode")
    age(world, "delivery:L2", 3_600)

    for kind, destination, letters in (
        ("link", "deck", 2),
        ("notification", "ingram/acme", 1),
        ("watch", "westcon", 1),
        ("event", "", 1),
    ):
        labels = {"kind": kind, "destination": destination}
        assert reported(world, "dead_letters_waiting", **labels) == letters
    links = {"kind": "link", "destination": "deck"}
    assert (reported(world, "oldest_dead_letter_seconds", **links) or 0) >= 3_600
    assert reported(world, "dead_letters") == 5


def test_of_many_letters_both_ends_are_read_and_all_are_counted(world: World) -> None:
    for n in range(9):
        acts.dead(world, acts.link(f"L{n}"), f"SO-{n}")
        world.clock.advance(1_000)
    acts.dead(world, acts.notification("N1"), "SO-9")

    found = dead_groups(world.redis, 1, most=2)

    letters = {(one.kind, one.destination): one.letters for one in found}
    assert letters == {
        ("link", "deck"): 3,
        (BETWEEN, BETWEEN): 6,
        ("notification", "ingram/acme"): 1,
    }
    first: DeadGroup = found[0]
    assert first.oldest_ms == world.clock.now_ms - 9_000


def test_events_that_nobody_has_read_have_an_age(world: World) -> None:
    seconds, _ = world.redis.time()
    for ago in (90, 60):
        world.redis.xadd("orders:events", {"event": "x"}, id=f"{seconds - ago}000-0")
    assert (reported(world, "oldest_unread_seconds") or 0) >= 90

    world.stream.read("one", 1, 1)
    second = reported(world, "oldest_unread_seconds") or 0
    world.stream.read("one", 1, 1)

    assert 60 <= second < 90
    assert reported(world, "oldest_unread_seconds") == 0
    assert (reported(world, "oldest_event_seconds") or 0) >= 90


def test_results_lag_by_what_the_slowest_group_has_not_read(world: World) -> None:
    key = keys.results(keys.prefix(0))
    seconds, _ = world.redis.time()
    ids = [f"{seconds - ago}000-0" for ago in (50, 20)]
    for id_ in ids:
        world.redis.xadd(key, {"result": "{}"}, id=id_)
    assert reported(world, "results_lag_seconds") is None

    world.redis.xgroup_create(key, "erp", id="0")
    world.redis.xgroup_create(key, "quick", id="$")
    unread = reported(world, "results_lag_seconds") or 0
    world.redis.xreadgroup("erp", "c", {key: ">"}, count=1)
    half = reported(world, "results_lag_seconds") or 0
    world.redis.xreadgroup("erp", "c", {key: ">"})

    assert unread >= 50
    assert 20 <= half < 50
    assert reported(world, "results_lag_seconds") == 0
