"""The door's script: all of a request or nothing, each id once, nothing lost."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st

from serializers.events.entry_fields import of_event
from tests.ledger.clock import STREAM
from workers.ledger import keys
from workers.ledger.stream.door import Conflict, Door, Full, Kept, Posted
from workers.ledger.stream.streams import Names


def door(client: redis.Redis, most: int = 1000) -> Door:
    return Door(client, Names(STREAM, "waybill"), life_ms=60_000, most=most)


def posted(id_: str, mark: str = "2:a") -> Posted:
    return Posted(f"digest-{id_}", mark, of_event(f"{id_} {mark}".encode()))


def added(client: redis.Redis, *events: Posted, most: int = 1000) -> list[Kept]:
    answer = door(client, most).add(events)
    assert isinstance(answer, tuple), answer
    return list(answer)


def bodies(client: redis.Redis) -> list[bytes]:
    found: Any = client.xrange(STREAM)
    return [fields[b"event"] for _, fields in found]


def test_what_came_before_keeps_its_first_entry(redis: redis.Redis) -> None:
    (first,) = added(redis, posted("1"))

    again, other = added(redis, posted("1"), posted("2"))

    assert again == Kept(first.entry, again=True)
    assert not first.again
    assert not other.again
    assert bodies(redis) == [b"1 2:a", b"2 2:a"]


def test_twice_in_one_request_is_once(redis: redis.Redis) -> None:
    one, two = added(redis, posted("1"), posted("1"))

    assert two == Kept(one.entry, again=True)
    assert len(bodies(redis)) == 1


@pytest.mark.parametrize("before", ["2", "3"])
def test_of_a_request_with_a_conflict_nothing_is_written(
    redis: redis.Redis, before: str
) -> None:
    added(redis, posted(before, "2:b"))
    written = redis.dbsize(), bodies(redis)
    events = [posted("1"), posted("2", "2:b"), posted("2", "2:c")]

    answer = door(redis).add(events)

    assert answer == Conflict(2, "2:b")
    assert (redis.dbsize(), bodies(redis)) == written


def test_an_entry_that_is_gone_is_added_again_under_its_first_id(
    redis: redis.Redis,
) -> None:
    (first,) = added(redis, posted("1"))
    redis.delete(STREAM)

    (again,) = added(redis, posted("1"))

    assert again == Kept(first.entry, again=True)
    assert bodies(redis) == [b"1 2:a"]


def test_a_mark_lives_as_long_as_it_is_told(redis: redis.Redis) -> None:
    added(redis, posted("1"))

    assert 0 < redis.pttl(keys.door(STREAM, "digest-1")) <= 60_000


def test_a_full_stream_takes_what_came_before_and_nothing_new(
    redis: redis.Redis,
) -> None:
    added(redis, posted("1"), posted("2"), most=2)

    assert [one.again for one in added(redis, posted("2"), most=2)] == [True]
    assert door(redis, most=2).add([posted("2"), posted("3")]) == Full(2)
    assert len(bodies(redis)) == 2


REQUESTS = st.lists(
    st.lists(st.tuples(st.sampled_from("123"), st.sampled_from("ab")), min_size=1),
    max_size=6,
)


@settings(deadline=None, max_examples=40)
@given(REQUESTS)
def test_whatever_is_posted_each_id_has_one_meaning_and_one_entry(
    servers_client: redis.Redis, requests: list[list[tuple[str, str]]]
) -> None:
    servers_client.flushall()
    known: dict[str, tuple[str, str]] = {}
    for request in requests:
        answer = door(servers_client).add([posted(i, f"2:{m}") for i, m in request])
        meanings: dict[str, str] = {i: m for i, (m, _) in known.items()}
        clashes = any(meanings.setdefault(i, m) != m for i, m in request)
        assert isinstance(answer, Conflict) == clashes
        if isinstance(answer, tuple):
            for (id_, mark), kept in zip(request, answer, strict=True):
                assert known.setdefault(id_, (mark, kept.entry)) == (mark, kept.entry)
    assert len(bodies(servers_client)) == len(known)


@pytest.fixture(scope="module")
def servers_client(connect: Callable[[], redis.Redis]) -> Iterator[redis.Redis]:
    with connect() as client:
        yield client
