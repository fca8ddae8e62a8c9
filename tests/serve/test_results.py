"""Results by HTTP: pages, waits, and places."""

import threading
import time
from collections.abc import Iterator

import pytest
import redis

from tests.ledger import acts
from tests.ledger.clock import World
from tests.serve.conftest import Caller, Opener
from tests.waybill.terminal import Terminal, ledger_of
from workers.ledger import keys

ACCEPTED = '["event.accepted"]'


@pytest.fixture
def world(redis: redis.Redis, waybill: Terminal) -> World:
    environ = {**waybill.environ, "WAYBILL_RESULTS__TYPES": ACCEPTED}
    return ledger_of(redis, environ)


def pages(door: Caller, limit: int) -> Iterator[list[str]]:
    """Every page until one is empty: the orders of its results."""
    after = "0"
    while True:
        answer = door.get(f"/v1/results?after={after}&limit={limit}")
        assert answer.status_code == 200, answer.text
        page = answer.json()
        after = page["next"]
        if not page["results"]:
            return
        yield [one["subject"] for one in page["results"]]


@pytest.mark.parametrize("limit", [2, 100])
def test_every_result_is_read_once_in_pages(
    world: World, door: Caller, limit: int
) -> None:
    numbers = [f"SO-{n}" for n in range(7)]
    for number in numbers:
        acts.admit(world, number=number)

    read = list(pages(door, limit))

    assert [one for page in read for one in page] == numbers
    assert max(map(len, read)) <= limit


def test_a_place_is_kept_where_nothing_has_come(world: World, door: Caller) -> None:
    acts.admit(world)
    first = door.get("/v1/results").json()

    again = door.get(f"/v1/results?after={first['next']}").json()

    assert again == {"results": [], "next": first["next"]}


def test_a_wait_ends_with_the_first_result(world: World, door: Caller) -> None:
    publishing = threading.Timer(0.5, lambda: acts.admit(world, number="SO-9"))
    publishing.start()

    began = time.monotonic()
    answer = door.get("/v1/results?wait=20").json()

    assert [one["subject"] for one in answer["results"]] == ["SO-9"]
    assert time.monotonic() - began < 15
    publishing.join()


def test_a_wait_without_results_ends_by_itself(world: World, door: Caller) -> None:
    answer = door.get("/v1/results?wait=0.3")

    assert world.redis.exists(keys.results(keys.prefix(0))) == 0
    assert (answer.status_code, answer.json()["results"]) == (200, [])


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=é", "limit=0", "limit=1001", "wait=-1", "wait=61", "wait=x"],
)
def test_what_cannot_be_asked_for_is_refused_in_words(door: Caller, query: str) -> None:
    answer = door.get(f"/v1/results?{query}")

    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.json()["detail"]


def test_a_cursor_of_another_ledger_is_refused(
    world: World, door: Caller, door_of: Opener
) -> None:
    acts.admit(world)
    place = door.get("/v1/results").json()["next"]

    with door_of(WAYBILL_PARTITIONS="4") as other:
        answer = other.get(f"/v1/results?after={place}")

    assert answer.status_code == 400


def test_who_may_only_publish_reads_nothing(door: Caller) -> None:
    assert door.get("/v1/results", by="erp").status_code == 403
    assert door.get("/v1/results", by="nobody").status_code == 401


def test_what_is_no_result_is_passed_over(world: World, door: Caller) -> None:
    world.redis.xadd(keys.results(keys.prefix(0)), {"event": "not json"})
    acts.admit(world)

    answer = door.get("/v1/results?limit=1").json()
    behind = door.get(f"/v1/results?after={answer['next']}").json()

    assert answer["results"] == []
    assert len(behind["results"]) == 1
