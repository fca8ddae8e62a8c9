"""What was dropped from the stream unadmitted is missed, and nothing else ever is."""

import random

import pytest
import redis

from tests.ledger.clock import STREAM
from tests.ledger.entries import BLOCK_MS, publish, read
from workers.ledger.stream.account import READER, StreamAccount
from workers.ledger.stream.reader import Stream
from workers.ledger.stream.view import StreamView

NAME, GROUP = STREAM, "waybill"
ONE, TWO = f"{READER}one", f"{READER}two"

#: Seeds of every test run; the others are for CI.
OFTEN = 20


@pytest.fixture
def counts_additions(redis: redis.Redis) -> bool:
    """Whether this server counts what was added, as 7.0 and later do."""
    version: str = redis.info("server")["redis_version"]
    return int(version.split(".", maxsplit=1)[0]) >= 7


@pytest.fixture
def account(stream: Stream) -> StreamAccount:
    """Of a stream that was just made, looked at once."""
    assert stream.account.look().events == 0
    return stream.account


def lost(account: StreamAccount) -> int:
    return account.look().events


def admitted(stream: Stream, ids: list[str]) -> None:
    stream.start(ids)
    stream.acknowledge(ids)


@pytest.mark.parametrize("drop", ["xadd", "xtrim", "xdel"])
def test_what_nobody_has_read_and_is_dropped_is_missed_once(
    redis: redis.Redis,
    stream: Stream,
    account: StreamAccount,
    counts_additions: bool,  # noqa: FBT001 (a fixture)
    drop: str,
) -> None:
    ids = publish(stream, 50)
    assert lost(account) == 0

    match drop:
        case "xadd":
            redis.xadd(NAME, {"event": "x"}, maxlen=5, approximate=False)
        case "xtrim":
            redis.xtrim(NAME, maxlen=4, approximate=False)
        case "xdel":
            redis.xdel(NAME, *ids[:46])

    # Before 7.0 what was added between two looks hides as much of what was dropped.
    least = 46 if counts_additions or drop != "xadd" else 45
    found = account.look()
    assert (found.events, found.is_exact) == (least, counts_additions)
    admitted(stream, read(stream, consumer=ONE))
    assert lost(account) == 0
    assert account.losses().events == least


def test_forty_five_of_fifty_in_one_go_are_missed_where_redis_counts(
    redis: redis.Redis,
    stream: Stream,
    account: StreamAccount,
    counts_additions: bool,  # noqa: FBT001 (a fixture)
) -> None:
    for _ in range(50):
        redis.xadd(NAME, {"event": "x"}, maxlen=5, approximate=False)
    admitted(stream, read(stream, consumer=ONE))

    assert lost(account) == (45 if counts_additions else 0)


def test_what_was_dropped_before_the_first_worker_is_missed_where_redis_counts(
    redis: redis.Redis,
    counts_additions: bool,  # noqa: FBT001 (a fixture)
) -> None:
    for _ in range(50):
        redis.xadd(NAME, {"event": "x"}, maxlen=5, approximate=False)
    stream = Stream(redis, NAME, GROUP)

    stream.make()

    assert lost(stream.account) == (45 if counts_additions else 0)


def test_the_next_entry_to_be_read_is_missed_though_others_came(
    redis: redis.Redis, stream: Stream, account: StreamAccount
) -> None:
    """On a server that counts nothing, too: it was there, unread, and is gone."""
    publish(stream, 3)
    assert lost(account) == 0

    for _ in range(10):
        redis.xadd(NAME, {"event": "x"}, maxlen=5, approximate=False)

    assert lost(account) >= 1


@pytest.mark.parametrize("started", [False, True])
def test_what_is_dropped_while_it_is_pending_is_missed(
    redis: redis.Redis, stream: Stream, account: StreamAccount, *, started: bool
) -> None:
    ids = publish(stream, 3)
    read(stream, consumer=ONE)
    if started:
        stream.start(ids)
    redis.xdel(NAME, *ids[:2])

    # As `orders.receive` does it.
    found = stream.start(ids)
    stream.acknowledge([id_ for id_, fields in found.items() if fields is not None])
    stream.forget([id_ for id_, fields in found.items() if fields is None])

    assert lost(account) == 2
    assert lost(account) == 0
    assert stream.pending_count() == 0


def test_what_was_admitted_may_go(
    redis: redis.Redis, stream: Stream, account: StreamAccount
) -> None:
    ids = publish(stream, 20)
    admitted(stream, read(stream, consumer=ONE))
    more = publish(stream, 5)

    redis.xdel(NAME, *ids[5:9])
    assert lost(account) == 0
    redis.xtrim(NAME, minid=more[0], approximate=False)
    assert lost(account) == 0
    stream.acknowledge(ids)
    stream.forget(ids)
    assert lost(account) == 0
    assert stream.trim() == 0


def test_an_entry_that_is_dropped_after_it_was_started_and_then_admitted_is_not_lost(
    redis: redis.Redis, stream: Stream, account: StreamAccount
) -> None:
    ids = publish(stream, 2)
    stream.start(read(stream, consumer=ONE))
    redis.xtrim(NAME, maxlen=0)

    stream.acknowledge(ids)

    assert lost(account) == 0


def test_other_groups_do_not_matter(
    redis: redis.Redis, stream: Stream, account: StreamAccount
) -> None:
    other = Stream(redis, NAME, "another")
    other.make()
    publish(stream, 6)
    read(other, 3, TWO)
    admitted(stream, read(stream, consumer=ONE))

    assert (lost(account), lost(other.account)) == (0, 0)
    redis.xtrim(NAME, maxlen=0)
    assert lost(account) == 0
    assert lost(other.account) >= 1


def test_a_person_settles_what_was_lost(
    redis: redis.Redis, stream: Stream, account: StreamAccount
) -> None:
    publish(stream, 4)
    assert lost(account) == 0
    redis.xtrim(NAME, maxlen=1, approximate=False)
    assert lost(account) == 3
    assert account.losses().open == 3

    assert account.accept() == 3
    assert account.accept() == 0

    assert (account.losses().open, account.losses().events) == (0, 3)
    assert account.losses().is_exact


def test_ids_beyond_what_lua_counts_are_compared(
    redis: redis.Redis, stream: Stream, account: StreamAccount
) -> None:
    last = 18_446_744_073_709_551_615
    for n in (last - 3, last - 2, last - 1):
        redis.xadd(NAME, {"event": "x"}, id=f"5-{n}")
    read(stream, 1, ONE)
    assert lost(account) == 0

    redis.xdel(NAME, f"5-{last - 2}")

    early = lost(account)
    read(stream, 1, ONE)
    assert early + lost(account) == 1


@pytest.mark.parametrize(
    "seed",
    [pytest.param(n, marks=() if n < OFTEN else pytest.mark.long) for n in range(40)],
)
def test_whatever_workers_do_only_what_was_dropped_is_missed(
    redis: redis.Redis,
    counts_additions: bool,  # noqa: FBT001 (a fixture)
    seed: int,
) -> None:
    """Two readers, lost hints, repeats, our own trimming, other people's dropping."""
    dice = random.Random(seed)
    stream = Stream(redis, NAME, GROUP)
    stream.make()
    dropping = seed % 2 == 1
    unread: list[str] = []
    pending: list[str] = []
    dropped = 0
    for _ in range(120):
        match dice.randrange(8):
            case 0 | 1:
                unread += publish(stream, dice.randrange(1, 6))
            case 2:
                got = stream.read(dice.choice((ONE, TWO)), dice.randrange(1, 5), 1)
                pending += got
                unread = [id_ for id_ in unread if id_ not in got]
            case 3 if pending:
                some = dice.sample(pending, dice.randrange(len(pending)) + 1)
                admitted(stream, some)
                pending = [id_ for id_ in pending if id_ not in some]
                stream.acknowledge(some)
            case 4 if pending:
                stream.claim_back(TWO, pending, 0)
            case 5:
                stream.trim()
                stream.remove_idle_consumers(60_000)
            case 6 if dropping and unread:
                gone = unread[: dice.randrange(len(unread)) + 1]
                redis.xdel(NAME, *gone)
                unread = unread[len(gone) :]
                dropped += len(gone)
        stream.account.look()
    pending += stream.read(ONE, 1_000, BLOCK_MS)
    admitted(stream, pending)
    stream.account.look()

    found = stream.account.losses().events
    assert (found == dropped) if counts_additions else (found <= dropped)
    assert (found > 0) == (dropped > 0)
    assert StreamView(redis, NAME, GROUP).unread_count() == 0
