"""The metrics page of many endpoints: those with something to do, and no others."""

from contextlib import nullcontext
from functools import partial

import pytest
import redis
from prometheus_client import CollectorRegistry

from tests.ledger import acts
from tests.ledger.clock import build
from tests.ledger.many import commands, destinations, due, names, world_of
from workers.ledger.gates import Gates
from workers.ledger.scripts import Scripts
from workers.ledger.views.overview import ALL_SHOWN
from workers.telemetry import metrics
from workers.telemetry.ledger_metrics import LedgerMetrics
from workers.telemetry.ledger_snapshot import LedgerSnapshot, ledger_look
from workers.telemetry.metrics import OTHERS, Labels, Metrics

FEW, MANY = 10, 1_000


def known(count: int) -> list[str]:
    return ["westcon", "deck", *(f"ingram/{name}" for name in names(count))]


def look(client: redis.Redis, count: int) -> LedgerSnapshot:
    def connect() -> nullcontext[redis.Redis]:
        return nullcontext(client)

    return ledger_look(connect, "orders:events", "waybill", known(count), 1)


def reported(seen: LedgerSnapshot, name: str, destination: str) -> float | None:
    made = CollectorRegistry()
    made.register(LedgerMetrics(lambda: seen))
    labels = {"destination": destination}
    return made.get_sample_value(f"waybill_{name}", labels)


def test_endpoints_that_have_nothing_to_do_cost_a_page_nothing(
    redis: redis.Redis,
) -> None:
    asked = []
    for count in (FEW, MANY):
        redis.flushall()
        world = world_of(redis, count)
        world.stream.make()
        due(world, FEW)
        look(redis, count)
        asked.append(commands(redis, partial(look, redis, count)))

    assert asked[1] == asked[0]


def test_of_many_endpoints_those_with_work_and_the_disabled_have_samples(
    redis: redis.Redis,
) -> None:
    world = world_of(redis, MANY)
    world.stream.make()
    due(world, 2)
    acts.disable(world, "ingram/e0999")
    gates = Gates(Scripts(redis), world.destinations)
    gates.close("ingram/e0001", 900.0, "quota")

    seen = look(redis, MANY)

    assert reported(seen, "items_due", "ingram/e0000") == 1
    assert (reported(seen, "gate_closed_seconds", "ingram/e0001") or 0) > 600
    assert reported(seen, "destination_disabled", "ingram/e0999") == 1
    assert reported(seen, "items_due", "ingram/e0500") is None
    # An alarm on a partner must not go silent with its work.
    assert reported(seen, "oldest_due_seconds", "westcon") == 0


def test_of_few_destinations_each_has_samples_while_it_rests(
    redis: redis.Redis,
) -> None:
    build(redis).stream.make()
    few = ALL_SHOWN - 2

    assert reported(look(redis, few), "items_due", f"ingram/{names(few)[-1]}") == 0


def test_more_destinations_than_have_names_of_their_own_are_one(
    redis: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "MOST", 4)
    world = build(redis, known=destinations(5))
    world.stream.make()
    due(world, 5)
    acts.disable(world, "ingram/e0004")

    seen = look(redis, 5)

    assert reported(seen, "items_due", "ingram/e0001") == 1
    assert reported(seen, "items_due", "ingram/e0002") is None
    assert reported(seen, "items_due", OTHERS) == 3
    assert reported(seen, "destination_disabled", OTHERS) == 1


def test_what_a_worker_counts_has_as_many_names_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(metrics, "MOST", 2)
    labels = Labels()

    found = [labels.of(name) for name in ("deck", "ingram/a", "ingram/b", "deck")]

    assert found == ["deck", "ingram/a", OTHERS, "deck"]
    assert Metrics().labels.of("ingram/b") == "ingram/b"


def test_work_over_several_pages_is_seen_once_each(redis: redis.Redis) -> None:
    world = world_of(redis, MANY)
    world.stream.make()
    due(world, MANY)

    seen = look(redis, MANY).overview

    assert sum(one.due for one in seen.destinations.values()) == MANY
