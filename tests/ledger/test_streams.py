"""The streams of several partitions: each event goes into that of its order's."""

import json
from dataclasses import replace

import pytest
import redis

from serializers.events.entry import MAX_BYTES
from serializers.events.entry_fields import FIRST_ENTRY, Fields, Oversized, of_event
from serializers.order import order_name
from tasks.concurrency import by_name
from tests.defaults import RETENTION
from tests.ledger import acts
from tests.ledger.clock import KNOWN, room_of
from workers.ledger import keys
from workers.ledger.dead_letters import DeadLetters
from workers.ledger.layout.layout import unmoved
from workers.ledger.layout.places import Places
from workers.ledger.reconcile.unread_orders import unread_orders
from workers.ledger.scripts import Scripts
from workers.ledger.store import RedisLedger
from workers.ledger.stream.door import Conflict, Door, Full, Kept, Posted
from workers.ledger.stream.reader import Stream
from workers.ledger.stream.streams import (
    Names,
    Streams,
    order_in,
    publish,
    streams_of,
    views_of,
)
from workers.redis.answers import text

PARTITIONS = 4
NAMES = Names("orders:events", "waybill", PARTITIONS)


@pytest.fixture
def streams(redis: redis.Redis) -> Streams[Stream]:
    made = streams_of(redis, NAMES)
    assert isinstance(made, Streams)
    made.make()
    return made


class Cut:
    """A ledger of several partitions with a stream each."""

    def __init__(self, client: redis.Redis, streams: Streams[Stream]) -> None:
        known, scripts = by_name(KNOWN), Scripts(client)
        places = Places(scripts, unmoved(PARTITIONS))
        self.ledger = RedisLedger(
            client, streams, known, room_of(known), RETENTION, places, scripts
        )
        self.letters = DeadLetters(client, scripts, streams, RETENTION, PARTITIONS)


@pytest.fixture
def cut(redis: redis.Redis, streams: Streams[Stream]) -> Cut:
    return Cut(redis, streams)


def event(number: str, source: str = "/erp") -> bytes:
    return json.dumps({"source": source, "data": {"order_number": number}}).encode()


def binary(number: str) -> Fields:
    """The same in CloudEvents binary mode."""
    content = json.dumps({"order_number": number}).encode()
    attributes = (
        (b"ce_specversion", b"1.0"),
        (b"ce_id", b"e"),
        (b"ce_source", b"/erp"),
    )
    return (*attributes, (b"ce_type", b"order.placed"), (b"data", content))


def of_partition(wanted: int) -> str:
    """A number of an order that is in this partition."""
    numbers = (f"SO-{n}" for n in range(1000))
    return next(n for n in numbers if keys.partition_of(n, PARTITIONS) == wanted)


def test_a_single_partition_has_one_stream_whose_entries_have_their_own_ids(
    redis: redis.Redis,
) -> None:
    alone = streams_of(redis, replace(NAMES, partitions=1))
    alone.make()

    entry = publish(alone, event("SO-1"), by_source=False)

    assert entry.count(".") == 0
    assert [text(key) for key in redis.scan_iter("*events")] == ["orders:events"]


@pytest.mark.parametrize("partition", range(PARTITIONS))
def test_an_event_goes_into_the_stream_of_its_orders_partition(
    streams: Streams[Stream], redis: redis.Redis, partition: int
) -> None:
    number = of_partition(partition)

    entry = publish(streams, event(number), by_source=False)

    assert entry.endswith(f"-0.{partition}")
    assert redis.xlen(keys.events(keys.prefix(partition))) == 1
    assert streams.of(entry).partition == partition


def test_where_the_source_names_the_order_too_it_is_chosen_by_both(
    streams: Streams[Stream],
) -> None:
    found = {
        streams.of(publish(streams, event("SO-1", f"/erp/{n}"), by_source=True)).name
        for n in range(40)
    }

    assert len(found) == PARTITIONS


def test_what_cannot_be_read_goes_where_an_order_without_a_name_would(
    streams: Streams[Stream],
) -> None:
    assert publish(streams, b"no json", by_source=False).endswith(".0")


def test_entries_of_one_id_in_two_streams_are_two(
    streams: Streams[Stream], redis: redis.Redis
) -> None:
    for partition in (1, 3):
        key = keys.events(keys.prefix(partition))
        redis.xadd(key, {"event": f"of {partition}"}, id="7-0")
        streams.every[partition + 1].read("one", 10, 1)

    found = streams.start(["7-0.3", "7-0.1"])
    streams.acknowledge(["7-0.1"])

    assert found == {"7-0.3": of_event(b"of 3"), "7-0.1": of_event(b"of 1")}
    assert [one.pending_count() for one in streams.every] == [0, 0, 0, 0, 1]
    assert [one.id for one in streams.every[4].overdue(0, 10)] == ["7-0.3"]
    assert streams.every[4].claim_back("two", ["7-0.3"], 0) == ["7-0.3"]


def test_an_event_is_admitted_and_settled_in_its_own_stream(
    cut: Cut, streams: Streams[Stream]
) -> None:
    entry = publish(streams, event("SO-1"), by_source=False)
    own = streams.of(entry)
    assert own.read("one", 10, 1) == [entry]
    streams.start([entry])

    cut.ledger.admit([replace(acts.admission(cut, number="SO-1"), entry=entry)])

    assert own.pending_count() == 0
    own.publish(b"another one, unread")
    assert own.account.look().events == 0


def test_what_is_kept_beside_a_stream_is_in_its_slot() -> None:
    stream = keys.events(keys.prefix(3))

    kept = (
        keys.account(stream, "g"),
        keys.door(stream, "d"),
        keys.repair_added(stream, "r"),
    )

    assert all("{wb:3}" in name and "{{" not in name for name in kept)


def test_a_refused_event_stays_in_its_partition_and_is_replayed_into_its_stream(
    cut: Cut, streams: Streams[Stream], redis: redis.Redis
) -> None:
    own = streams.every[3]
    entry = own.publish(b"no json")
    own.read("one", 10, 1)
    streams.start([entry])

    cut.ledger.bury_event(entry, of_event(b"no json"), "no JSON", "malformed")

    assert [one.id for one in cut.letters.all()] == [f"event:{entry}"]
    assert redis.zcard(keys.dead(keys.prefix(2))) == 1
    assert own.pending_count() == 0
    assert cut.letters.replay(f"event:{entry}") == "replayed"
    (again,) = own.read("one", 10, 1)
    fields = streams.start([again])[again]
    assert isinstance(fields, tuple)
    assert dict(fields)[FIRST_ENTRY] == entry.encode()


def test_a_large_entry_is_buried_where_it_is(
    cut: Cut, streams: Streams[Stream], redis: redis.Redis
) -> None:
    own = streams.every[2]
    entry = own.publish(b"x" * (MAX_BYTES + 1))
    own.read("one", 10, 1)
    assert isinstance(streams.start([entry])[entry], Oversized)

    assert cut.ledger.bury_entry(entry, "too large", "malformed")

    assert redis.zcard(keys.dead(keys.prefix(1))) == 1


def test_what_waits_in_any_stream_is_seen(
    streams: Streams[Stream], redis: redis.Redis
) -> None:
    for partition in (None, 1, 2):
        key = streams.every[0 if partition is None else partition + 1].name
        redis.xadd(key, {"event": f"of {partition}"}, id=f"{5 + (partition or 0)}-0")
    streams.every[2].read("one", 10, 1)

    view = views_of(redis, NAMES)

    assert (view.length(), view.pending_count(), view.unread_count()) == (3, 1, 2)
    assert (view.oldest_ms(), view.oldest_unread_ms()) == (5, 5)
    events = [of_event(b"of 1"), of_event(b"of 2"), of_event(b"of None")]
    assert sorted(map(str, view.waiting())) == sorted(map(str, events))


@pytest.mark.parametrize("is_binary", [False, True])
def test_an_order_whose_event_waits_is_known_in_whatever_mode_it_is_written(
    streams: Streams[Stream], redis: redis.Redis, *, is_binary: bool
) -> None:
    for one in streams.every[:2]:
        one.add(binary("SO-7") if is_binary else of_event(event("SO-7")))
        one.add(of_event(b"x" * (MAX_BYTES + 1)))
    view = views_of(redis, NAMES)

    names = [order_in(one, by_source=True) for one in view.waiting()]

    assert list(unread_orders(view, by_source=False)) == ["SO-7", "SO-7"]
    assert names == [order_name("SO-7", "/erp"), ""] * 2


def test_losses_of_all_streams_are_counted_and_accepted(
    streams: Streams[Stream], redis: redis.Redis
) -> None:
    for one in streams.every[1:3]:
        one.publish(b"lost")
        one.account.look()
        redis.xtrim(one.name, maxlen=0, approximate=False)
        one.account.look()

    view = views_of(redis, NAMES)

    assert view.losses().open == 2
    assert view.accept() == 2
    assert view.losses().open == 0


def door(client: redis.Redis, most: int = 100) -> Door:
    return Door(client, NAMES, life_ms=60_000, most=most)


def posted(partition: int, mark: str = "2:a") -> Posted:
    number = of_partition(partition)
    return Posted(f"digest-{number}", mark, of_event(event(number)), number)


def test_the_door_puts_each_event_of_a_request_into_its_stream(
    streams: Streams[Stream], redis: redis.Redis
) -> None:
    wanted = [3, 0, 3]

    answer = door(redis).add([posted(n) for n in (3, 0)] + [posted(3)])

    assert isinstance(answer, tuple)
    assert [streams.of(one.entry).partition for one in answer] == wanted
    assert [one.again for one in answer] == [False, False, True]
    assert [one.length() for one in streams.every] == [0, 1, 0, 0, 1]


def test_of_a_request_with_a_conflict_in_one_stream_nothing_is_added_to_any(
    streams: Streams[Stream], redis: redis.Redis
) -> None:
    (kept,) = door(redis).add([posted(2)])  # type: ignore[misc] # it is no conflict
    assert isinstance(kept, Kept)

    answer = door(redis).add([posted(0), posted(2, "2:other"), posted(1)])

    assert answer == Conflict(1, "2:a")
    assert sum(one.length() for one in streams.every) == 1


def test_of_a_request_for_a_full_stream_nothing_is_added_to_any(
    streams: Streams[Stream], redis: redis.Redis
) -> None:
    door(redis).add([posted(2)])

    one = Posted("digest-x", "2:a", of_event(b"x"), of_partition(2))
    answer = door(redis, most=1).add([posted(0), one])

    assert answer == Full(1)
    assert sum(one.length() for one in streams.every) == 1
