"""Metrics of the ledger, which are absent without Redis."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
import redis
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from tests.ledger import acts
from tests.ledger.clock import World, build
from tests.redis_servers import free_port
from workers.ledger.endpoints.known import Membership, digest
from workers.ledger.endpoints.rosters import Rosters
from workers.ledger.gates import Gates
from workers.ledger.identity.heartbeats import Heartbeat, Heartbeats
from workers.ledger.scripts import Scripts
from workers.ledger.stream.view import StreamView
from workers.redis.bounded_client import looking_client
from workers.telemetry.ledger_metrics import FAMILIES, LedgerMetrics
from workers.telemetry.ledger_snapshot import LedgerSnapshot, ledger_look

KNOWN = ("westcon", "deck", "ingram/acme")


@pytest.fixture
def world(redis: redis.Redis) -> World:
    made = build(redis)
    made.stream.make()
    return made


def look(client: redis.Redis) -> LedgerSnapshot:
    @contextmanager
    def connect() -> Iterator[redis.Redis]:
        yield client

    return ledger_look(connect, "orders:events", "waybill", KNOWN, 1)


def registry(client: redis.Redis) -> CollectorRegistry:
    made = CollectorRegistry()
    made.register(LedgerMetrics(partial(look, client)))
    return made


def reported(world: World, name: str, **labels: str) -> float | None:
    return registry(world.redis).get_sample_value(f"waybill_{name}", labels)


def test_an_endpoint_that_nobody_knows_is_reported_while_work_waits_for_it(
    world: World,
) -> None:
    acts.admit(world, acts.notification("N1", "beta"))

    assert reported(world, "endpoints_unknown") == 1
    Membership(world.redis, Rosters(world.scripts), ["beta"]).keep()
    message = Heartbeat("new@h", endpoints=digest(["beta"]))
    Heartbeats(world.redis).beat("new", message)
    assert reported(world, "endpoints_unknown") == 0


def test_a_disabled_destination_is_reported(world: World) -> None:
    acts.disable(world, "ingram/acme")

    assert reported(world, "destination_disabled", destination="ingram/acme") == 1
    assert reported(world, "destination_disabled", destination="deck") == 0


def test_how_long_a_destination_will_not_be_called_is_reported(world: World) -> None:
    # The gates of this test go by Redis' own clock, as the page does.
    gates = Gates(Scripts(world.redis), world.destinations)
    gates.close("deck", 900.0, "quota")

    closed = reported(world, "gate_closed_seconds", destination="deck")

    assert closed is not None
    assert 600 < closed <= 900
    assert reported(world, "gate_closed_seconds", destination="westcon") == 0


def test_events_are_counted_from_unread_to_acknowledged(world: World) -> None:
    stream = world.stream
    for _ in range(5):
        stream.publish(b"{}")
    assert (reported(world, "events_unread"), reported(world, "events_pending")) == (
        5,
        0,
    )

    ids = stream.read("one", 2, 1)
    assert (reported(world, "events_unread"), reported(world, "events_pending")) == (
        3,
        2,
    )

    stream.acknowledge(ids)
    world.redis.xtrim("orders:events", minid=ids[1], approximate=False)
    assert (reported(world, "events_unread"), reported(world, "events_pending")) == (
        3,
        0,
    )

    stream.read("one", 3, 1)
    assert (reported(world, "events_unread"), reported(world, "events_pending")) == (
        0,
        3,
    )


def test_without_a_group_everything_is_unread(redis: redis.Redis) -> None:
    assert StreamView(redis, "orders:events", "waybill").unread_count() == 0
    for _ in range(3):
        redis.xadd("orders:events", {"event": "x"})

    assert StreamView(redis, "orders:events", "waybill").unread_count() == 3


def test_unread_events_are_counted_behind_many_that_were_read(world: World) -> None:
    for _ in range(250):
        world.stream.publish(b"x")
    world.stream.read("one", 240, 1)

    assert reported(world, "events_unread") == 10


def test_the_age_of_the_oldest_event_is_reported(world: World) -> None:
    seconds, _ = world.redis.time()
    world.redis.xadd("orders:events", {"event": "x"}, id=f"{seconds - 90}000-0")

    age = reported(world, "oldest_event_seconds")

    assert age is not None
    assert age >= 89


def test_what_only_grows_is_a_counter_and_everything_else_a_gauge(
    world: World,
) -> None:
    world.redis.hset(
        "{wb:0}:counts",
        mapping={"ambiguous": 7, "ambiguous:gateway": 4, "ambiguous:worker": 1},
    )

    page = generate_latest(registry(world.redis)).decode()

    assert "# TYPE waybill_delivery_ambiguous_total counter\n" in page
    name = "waybill_delivery_ambiguous_total"
    causes = {"gateway": 4.0, "lost": 0.0, "worker": 1.0, "unsorted": 2.0}
    for cause, count in causes.items():
        assert f'\n{name}{{cause="{cause}"}} {count}\n' in page
    kinds = {f.name: f.type for f in text_string_to_metric_families(page)}
    for family in FAMILIES:
        assert kinds[family.name.removesuffix("_total")] == family.kind
        assert (family.kind == "counter") == family.name.endswith("_total")


def test_without_redis_nothing_is_stated_of_the_ledger_and_redis_is_down() -> None:
    nowhere = looking_client(f"redis://127.0.0.1:{free_port()}/0", "test")

    page = generate_latest(registry(nowhere)).decode()

    families = {f.name: f.samples for f in text_string_to_metric_families(page)}
    assert list(families) == ["waybill_redis_up"]
    assert [sample.value for sample in families["waybill_redis_up"]] == [0.0]
