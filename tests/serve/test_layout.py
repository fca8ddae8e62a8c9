"""The door follows the ledger's layout while it is open."""

import time
from typing import Any

import pytest
import redis

from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.layouts import widened
from tests.serve.conftest import Caller, Opener
from tests.waybill.terminal import Terminal, ledger_of
from waybill.serve import following
from workers.ledger import keys
from workers.ledger.layout.layout import unmoved

WIDTH = 4
TYPES = '["event.accepted"]'


@pytest.fixture
def world(redis: redis.Redis, waybill: Terminal) -> World:
    return ledger_of(redis, {**waybill.environ, "WAYBILL_RESULTS__TYPES": TYPES})


def result_elsewhere(world: World, partition: int) -> None:
    """Have a partition that was added hold a result."""
    acts.admit(world, number=f"SO-{partition}")
    here, there = (keys.results(keys.prefix(n)) for n in (0, partition))
    newest: Any = world.redis.xrevrange(here, count=1)
    [(entry, fields)] = newest
    world.redis.xadd(there, fields, entry)
    world.redis.xdel(here, entry)


def test_a_reader_goes_on_in_partitions_that_were_added(
    world: World, door: Caller
) -> None:
    acts.admit(world, number="SO-0")
    page = door.get("/v1/results").json()
    world.places.layout = widened(world.redis, WIDTH)
    result_elsewhere(world, WIDTH - 1)

    # The next look at the layout is due.
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        answer = door.get(f"/v1/results?after={page['next']}")
        assert answer.status_code == 200
        if answer.json()["results"]:
            break

    [found] = answer.json()["results"]
    assert found["subject"] == f"SO-{WIDTH - 1}"
    last = door.get(f"/v1/results?after={answer.json()['next']}").json()
    assert last["results"] == []


def test_a_door_at_rest_asks_nothing_and_one_in_use_once_in_a_while(
    world: World, door: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "HOLDS", 3600.0)
    door.get("/v1/results")
    before = world.redis.info("commandstats")["cmdstat_get"]["calls"]

    door.get("/v1/results")

    assert world.redis.info("commandstats")["cmdstat_get"]["calls"] == before


def test_a_door_of_another_setting_reads_the_whole_ledger(
    redis: redis.Redis, waybill: Terminal, door_of: Opener
) -> None:
    cut = {**waybill.environ, "WAYBILL_PARTITIONS": str(WIDTH)}
    world = ledger_of(redis, {**cut, "WAYBILL_RESULTS__TYPES": TYPES})
    numbers = {f"SO-{n}" for n in range(12)}
    for number in numbers:
        acts.admit(world, number=number)

    with door_of() as door:
        read = door.get("/v1/results").json()["results"]
        one = door.get("/v1/orders/SO-5").status_code

    assert {each["subject"] for each in read} == numbers
    assert one == 200
    assert unmoved(WIDTH).home("SO-5") != 0
