"""Results by HTTP: pages, waits, and places."""

import select
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import quote

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serializers.results import cursor
from tests.ledger import acts
from tests.ledger.clock import World
from tests.serve.conftest import Caller, Opener, bearer
from tests.serve.test_bounds import raw
from tests.waybill.terminal import Terminal, ledger_of
from workers.ledger import keys

#: Threads and connections of a door, however many readers wait.
MOST_EACH = 41

ACCEPTED = '["event.accepted"]'


def encoded(place: bytes) -> str:
    return urlsafe_b64encode(place).decode().rstrip("=")


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


def test_readers_that_wait_take_no_thread_and_no_connection_each(
    world: World, door_of: Opener, redis: redis.Redis
) -> None:
    head = "GET /v1/results?wait=60 HTTP/1.1\r\nHost: x\r\nAuthorization: "
    with door_of(WAYBILL_HTTP__MOST_READERS="120") as door, ExitStack() as open_:
        readers = [open_.enter_context(raw(door)) for _ in range(123)]
        for one in readers:
            one.sendall(f"{head}{bearer('bi')}\r\n\r\n".encode())
        refused = list[bytes]()
        while len(refused) < 3:
            for one in select.select(readers, [], [], 30)[0]:
                readers.remove(one)
                refused.append(one.recv(4096))

        doors = [one for one in redis.client_list() if "door" in one["name"]]
        workers = [one for one in threading.enumerate() if "AnyIO" in one.name]
        acts.admit(world, number="SO-9")
        answered = {one.recv(12) for one in readers}

    assert all(one.startswith(b"HTTP/1.1 429 ") for one in refused)
    assert all(b"retry-after: 5" in one for one in refused)
    assert len(doors) <= MOST_EACH
    assert len(workers) <= MOST_EACH
    assert answered == {b"HTTP/1.1 200"}


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=é", "limit=0", "limit=1001", "wait=-1", "wait=61", "wait=x"],
)
def test_what_cannot_be_asked_for_is_refused_in_words(door: Caller, query: str) -> None:
    answer = door.get(f"/v1/results?{query}")

    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.json()["detail"]


def test_a_cursor_of_a_ledger_with_more_partitions_is_refused(
    world: World, door: Caller
) -> None:
    acts.admit(world)

    answer = door.get(f"/v1/results?after={cursor.written(['0-0'] * 4)}")

    assert answer.status_code == 400


def test_who_may_only_publish_reads_nothing(door: Caller) -> None:
    assert door.get("/v1/results", by="erp").status_code == 403
    assert door.get("/v1/results", by="nobody").status_code == 401


#: What stands in a cursor that somebody has made up.
HALF = st.one_of(st.integers(-(2**70), 2**70).map(str), st.text(max_size=5))
PLACES = st.lists(st.tuples(HALF, HALF).map("-".join), max_size=3).map(",".join)
MADE_UP = st.one_of(
    st.text(max_size=30),
    st.binary(max_size=30).map(encoded),
    PLACES.map(str.encode).map(encoded),
    PLACES.map(lambda one: f"e3b0c442:{one}".encode()).map(encoded),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MADE_UP)
def test_a_cursor_that_is_made_up_is_read_or_refused_in_words(
    door: Caller, text: str
) -> None:
    answer = door.get(f"/v1/results?after={quote(text, safe='')}")

    assert answer.status_code in {200, 400}, answer.text
    assert answer.status_code == 200 or answer.json()["detail"].startswith("after: ")


@pytest.mark.parametrize(
    "place",
    [f"{2**64}-0", f"0-{2**64}", "-1-0", "1-0,1-0", "1", f"{2**64 - 1}-{2**64 - 1}"],
)
def test_a_place_that_redis_has_not_is_no_cursor(door: Caller, place: str) -> None:
    answer = door.get(f"/v1/results?after={encoded(place.encode())}")

    assert answer.status_code == 400
    assert "begin with 0" in answer.json()["detail"]


def test_a_cursor_of_another_deployment_is_refused(world: World, door: Caller) -> None:
    acts.admit(world)
    place = door.get("/v1/results").json()["next"]
    other = cursor.written(cursor.read(place, 1), "another")

    assert door.get(f"/v1/results?after={place}").status_code == 200
    assert door.get(f"/v1/results?after={other}").status_code == 400


def test_what_is_no_result_is_passed_over(world: World, door: Caller) -> None:
    world.redis.xadd(keys.results(keys.prefix(0)), {"event": "not json"})
    acts.admit(world)

    answer = door.get("/v1/results?limit=1").json()
    behind = door.get(f"/v1/results?after={answer['next']}").json()

    assert answer["results"] == []
    assert len(behind["results"]) == 1
