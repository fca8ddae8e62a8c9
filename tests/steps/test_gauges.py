"""What the metrics page says of destinations that are not called."""

import pytest
import redis

from tests.ledger import acts
from tests.ledger.clock import World, build
from workers.health_checks import show, show_gates
from workers.ledger.gates import Gates
from workers.ledger.overview import overview
from workers.ledger.scripts import Scripts
from workers.metrics import Metrics


@pytest.fixture
def world(redis: redis.Redis) -> World:
    return build(redis)


def told(metrics: Metrics, name: str, destination: str) -> float | None:
    return metrics.registry.get_sample_value(name, {"destination": destination})


def test_a_disabled_destination_is_told(world: World) -> None:
    world.stream.make()
    acts.park(world, "ingram/acme")
    metrics = Metrics()

    show(overview(world.redis, world.stream, ["ingram/acme", "deck"], 1), metrics)

    name = "waybill_destination_disabled"
    assert told(metrics, name, "ingram/acme") == 1
    assert told(metrics, name, "deck") == 0


def test_how_long_a_destination_will_not_be_called_is_told(world: World) -> None:
    # The gates of this test go by Redis' own clock, as the page does.
    gates = Gates(Scripts(world.redis), world.destinations)
    gates.close("deck", 900.0, "quota")
    metrics = Metrics()

    show_gates(world.redis, ["deck", "westcon"], metrics)

    closed = told(metrics, "waybill_gate_closed_seconds", "deck")
    assert closed is not None
    assert 600 < closed <= 900
    assert told(metrics, "waybill_gate_closed_seconds", "westcon") == 0
