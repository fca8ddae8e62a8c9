"""An order's story is read in a few round trips, whatever the order has become."""

import pytest
from redis.client import Pipeline

from tests.ledger import acts
from tests.ledger.clock import World
from workers.ledger.views.order_story import story


@pytest.fixture
def trips(world: World, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many commands each round trip of a pipeline carries."""
    made: list[int] = []
    kind = type(world.redis.pipeline())
    execute = kind.execute

    def counted(pipeline: Pipeline, **options: bool) -> list[object]:
        made.append(len(pipeline))
        return list(execute(pipeline, **options))

    monkeypatch.setattr(kind, "execute", counted)
    return made


@pytest.mark.parametrize("endpoints", [1, 40])
def test_round_trips_do_not_grow_with_endpoints_and_deliveries(
    world: World, trips: list[int], endpoints: int
) -> None:
    names = [f"receiver-{n}" for n in range(endpoints)]
    reported = [
        acts.notification(f"N{n}.{name}", name) for n in (1, 2) for name in names
    ]
    acts.admit(world, *reported, acts.link())
    trips.clear()

    found = story(
        world.redis, "SO-1", [f"ingram/{name}" for name in names], world.places
    )

    assert found is not None
    assert len(found.deliveries) == 2 * endpoints + 1
    assert len(trips) == 6


def test_an_order_that_is_not_known_costs_one_round_trip(
    world: World, trips: list[int]
) -> None:
    assert story(world.redis, "SO-0", ["deck"], world.places) is None
    assert len(trips) == 1
