"""Entries of any size: a worker takes only so many bytes, a dead letter keeps all."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serializers.events.entry import MAX_BYTES
from serializers.events.entry_fields import Fields, Oversized, bare, of_event, replayed
from tests.ledger import acts
from tests.ledger.clock import STREAM, World
from tests.ledger.entries import publish, read
from tests.ledger.nodes import total
from workers.ledger import entry_letter
from workers.ledger.stream.entries import Arrivals
from workers.ledger.stream.reader import READ_BYTES, Stream
from workers.ledger.stream.starts import ANSWER_BYTES

#: Larger than an entry may be, and what a few answers without its bytes come to.
LARGE, LITTLE = b"x" * (MAX_BYTES + 1), 20_000


def sent(redis: redis.Redis) -> int:
    """Bytes that Redis has answered with since it began, without those for replicas."""
    every = total(redis, "stats", "total_net_output_bytes")
    return every - total(redis, "stats", "total_net_repl_output_bytes")


@contextmanager
def bringing_little(redis: redis.Redis) -> Iterator[None]:
    before = sent(redis)
    yield
    assert sent(redis) - before < LITTLE


def test_ids_are_read_without_the_bytes(stream: Stream, redis: redis.Redis) -> None:
    ids = [stream.publish(LARGE) for _ in range(5)]

    with bringing_little(redis):
        got = read(stream)

    assert got == ids


def test_no_more_is_gone_through_in_one_script_than_it_may(stream: Stream) -> None:
    big = b"x" * (READ_BYTES // 2)
    ids = [stream.publish(big) for _ in range(5)]

    assert [read(stream) for _ in range(4)] == [ids[:2], ids[2:4], ids[4:], []]


def test_a_reader_that_waits_is_woken_and_gets_no_bytes(
    stream: Stream, redis: redis.Redis
) -> None:
    got: list[str] = []
    waiting = threading.Thread(
        target=lambda: got.extend(stream.read("one", 10, 20_000)), daemon=True
    )
    with bringing_little(redis):
        waiting.start()
        while not total(redis, "clients", "blocked_clients"):
            pass
        id_ = stream.publish(LARGE)
        waiting.join(20)

    assert got == [id_]
    assert stream.pending_count() == 1


def test_of_a_large_entry_that_comes_alone_its_size_is_answered(
    stream: Stream, redis: redis.Redis
) -> None:
    # Redis knows the script then.
    stream.arrivals("one", 10, 1)
    id_ = stream.publish(LARGE)

    with bringing_little(redis):
        came = stream.arrivals("one", 10, 20_000)

    size = Oversized(len(b"event") + len(LARGE))
    assert came == Arrivals((id_,), {id_: size})
    assert [one.starts for one in stream.overdue(0, 10)] == [1]


def test_a_connection_that_has_waited_answers_as_any(
    stream: Stream, redis: redis.Redis
) -> None:
    assert read(stream) == []

    assert redis.echo("here") == b"here"
    assert read(stream) == []
    assert publish(stream, 1) == read(stream)


def test_who_may_not_wait_reads_all_the_same(
    stream: Stream, redis: redis.Redis
) -> None:
    allowed = ("+@all", "-client|reply" if _is_7(redis) else "-client")
    redis.acl_setuser("reader", enabled=True, nopass=True, keys=["*"], commands=allowed)
    kwargs = redis.connection_pool.connection_kwargs
    place = {name: kwargs[name] for name in ("host", "port")} | {"protocol": 2}
    other = Stream(
        type(redis)(**place, username="reader", password="any"),
        STREAM,
        "waybill",
    )
    try:
        assert read(other) == []
        assert publish(stream, 2) == read(other)
    finally:
        redis.acl_deluser("reader")


def _is_7(redis: redis.Redis) -> bool:
    return not str(redis.info("server")["redis_version"]).startswith("6")


def test_of_a_large_entry_only_its_size_comes(
    stream: Stream, redis: redis.Redis
) -> None:
    small, large = stream.publish(b"small"), stream.publish(LARGE)
    read(stream)

    with bringing_little(redis):
        started = stream.start([small, large])

    assert started == {
        small: of_event(b"small"),
        large: Oversized(len(b"event") + len(LARGE)),
    }


def test_what_an_answer_has_no_room_for_is_not_begun(stream: Stream) -> None:
    half = b"x" * (ANSWER_BYTES // 2)
    ids = [stream.publish(half[: MAX_BYTES - 5]) for _ in range(5)]
    read(stream)

    rounds, left = [], ids
    while left:
        found = stream.start(left)
        rounds.append(list(found))
        left = [id_ for id_ in left if id_ not in found]

    assert [id_ for one in rounds for id_ in one] == ids
    assert all(len(one) <= 3 for one in rounds)
    # Each was begun once, the last ones too.
    assert {one.starts for one in stream.overdue(0, 10)} == {1}


ANYTHING = st.lists(
    st.tuples(st.sampled_from([b"event", b"data", b"", b"\xff"]), st.binary()),
    min_size=1,
    max_size=6,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(ANYTHING.map(tuple))
def test_redis_keeps_an_entry_as_a_worker_would(world: World, fields: Fields) -> None:
    world.stream.make()
    entry = world.stream.add(fields)

    assert world.ledger.bury_entry(entry, "too large", "malformed")

    name, kept = entry_letter.written(fields)
    assert world.redis.hget(f"{{wb:0}}:event:{entry}", name) == kept
    letter = world.letters.find(f"event:{entry}")
    assert letter is not None
    assert (letter.fields, letter.reason) == (fields, "too large")


def test_an_entry_is_buried_once_and_not_when_it_is_gone(world: World) -> None:
    world.stream.make()
    entry, gone = publish(world.stream, 2)
    world.redis.xdel(world.stream.name, bare(gone))
    world.ledger.bury_entry(entry, "why", "malformed")
    before = acts.everything(world)
    world.clock.advance(1)

    assert world.ledger.bury_entry(entry, "other", "conflict")
    assert not world.ledger.bury_entry(gone, "why", "malformed")

    assert acts.everything(world) == before


def test_an_entry_is_buried_and_listed_without_its_bytes(world: World) -> None:
    world.stream.make()
    ids = [world.stream.publish(LARGE) for _ in range(5)]

    with bringing_little(world.redis):
        for id_ in ids:
            world.ledger.bury_entry(id_, "too large", "malformed")
        listed = list(world.letters.all())
        assert all(world.letters.has(one.id) for one in listed)

    assert [one.id for one in listed] == [f"event:{id_}" for id_ in ids]
    assert acts.listed(world.letters.find(listed[0].id)) == listed[0]


@pytest.mark.parametrize("fields", [of_event(LARGE), ((b"a", LARGE), (b"b", b""))])
def test_a_large_letter_is_replayed_whole(world: World, fields: Fields) -> None:
    world.stream.make()
    entry = world.stream.add(fields)
    world.ledger.bury_entry(entry, "too large", "malformed")

    assert world.letters.replay(f"event:{entry}") == "replayed"

    again = read(world.stream)[-1]
    whole = world.stream.entries([again], most=10 * len(LARGE))
    assert whole == {again: replayed(fields, entry)}
