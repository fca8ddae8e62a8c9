"""Metrics of the workers among each other, and of their Redis."""

from contextlib import nullcontext

import pytest
import redis
from prometheus_client import CollectorRegistry

from tests.ledger.clock import build
from workers.ledger import keys
from workers.ledger.identity.heartbeats import Heartbeat, Heartbeats
from workers.telemetry.ledger_metrics import LedgerMetrics
from workers.telemetry.ledger_snapshot import ledger_look


@pytest.fixture(autouse=True)
def stream(redis: redis.Redis) -> None:
    build(redis).stream.make()


def reported(client: redis.Redis, name: str, **labels: str) -> float | None:
    made = CollectorRegistry()
    made.register(
        LedgerMetrics(
            lambda: ledger_look(
                lambda: nullcontext(client), "orders:events", "waybill", ["deck"], 1
            )
        )
    )
    return made.get_sample_value(f"waybill_{name}", labels)


def test_workers_that_differ_are_reported_by_what_differs(redis: redis.Redis) -> None:
    heartbeats = Heartbeats(redis)
    heartbeats.beat("a", Heartbeat("one@h", settings={"times": "1", "deck": "1"}))
    before = reported(redis, "settings_differ", part="deck")

    heartbeats.beat("b", Heartbeat("two@h", settings={"times": "1", "deck": "2"}))

    assert before == 0
    assert reported(redis, "settings_differ", part="deck") == 1
    assert reported(redis, "settings_differ", part="times") == 0
    assert reported(redis, "worker_names_shared") == 0
    assert reported(redis, "deployments") == 1


def test_two_of_one_name_and_two_deployments_are_counted(redis: redis.Redis) -> None:
    heartbeats = Heartbeats(redis)
    heartbeats.beat("a", Heartbeat("one@h", deployment="live"))
    heartbeats.beat("b", Heartbeat("one@h", deployment="trial"))

    assert reported(redis, "worker_names_shared") == 1
    assert reported(redis, "deployments") == 2


def test_a_redis_without_the_ledger_or_that_may_evict_is_reported(
    redis: redis.Redis,
) -> None:
    redis.set(keys.EPOCH, "1")
    well = reported(redis, "redis_unfit"), reported(redis, "ledger_missing")
    policy = redis.config_get("maxmemory-policy")["maxmemory-policy"]

    redis.config_set("maxmemory-policy", "allkeys-lru")
    redis.delete(keys.EPOCH)
    try:
        found = reported(redis, "redis_unfit"), reported(redis, "ledger_missing")
    finally:
        redis.config_set("maxmemory-policy", str(policy))

    assert well[1] == 0
    assert found == ((well[0] or 0) + 1, 1)
