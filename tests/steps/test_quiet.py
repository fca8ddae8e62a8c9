"""Where nothing happens little is asked of Redis, and what comes is seen at once."""

import threading
import time
from collections.abc import Callable, Sequence

import pytest
import redis

from serializers.events.entry_fields import Content, of_event
from tests.defaults import intake_rules
from tests.ledger import acts
from tests.ledger.clock import World, build
from tests.steps.test_release import Sent, release
from workers.dispatch.threads import NOTHING, Begun
from workers.ledger.stream.entries import Pending
from workers.ledger.stream.reader import Stream
from workers.steps import intake as intake_module
from workers.steps.intake import QUIET_READS, Intake
from workers.steps.release import IDLE_TURNS, Release

RULES = intake_rules(batch=100, attempts=10, ahead=0, lease_ms=60_000)
TURNS = 4 * QUIET_READS


class Hints:
    """Remembers what was handed out."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.begun: dict[str, Content] = {}

    def receive(self, ids: Sequence[str], begun: Begun = NOTHING) -> None:
        self.sent += ids
        self.begun |= begun

    def may_receive(self, _: float) -> bool:
        return True


@pytest.fixture(name="stream")
def made_stream(redis: redis.Redis) -> Stream:
    stream = Stream(redis, "orders:events", "waybill")
    stream.make()
    return stream


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_module, "BLOCK_MS", 5)


def asked(redis: redis.Redis, command: str, work: Callable[[], object]) -> int:
    """How often a command reaches Redis during some work."""
    redis.config_resetstat()
    work()
    stats = redis.info("commandstats")
    return int(stats.get(f"cmdstat_{command}", {"calls": 0})["calls"])


def turns(intake: Intake, count: int = TURNS) -> None:
    for _ in range(count):
        intake.turn()


def intake_of(
    redis: redis.Redis, stream: Stream, name: str = "here"
) -> tuple[Intake, Hints]:
    hints = Hints()
    made = Intake(redis, stream, hints, lambda *_: False, RULES, name)
    made.turn()
    return made, hints


@pytest.mark.parametrize("command", ["evalsha", "info", "hgetall"])
def test_while_nothing_comes_the_stream_is_waited_for_and_seldom_asked(
    redis: redis.Redis, stream: Stream, command: str
) -> None:
    made, _ = intake_of(redis, stream)

    times = asked(redis, command, lambda: turns(made))

    assert times <= TURNS / QUIET_READS + 1


def test_what_is_added_while_the_intake_waits_is_handed_out_in_the_same_turn(
    redis: redis.Redis, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_module, "BLOCK_MS", 5_000)
    for waited in range(1, QUIET_READS):
        made, hints = quiet(redis, stream, waited)
        entries: list[str] = []

        def publish(into: list[str] = entries) -> None:
            time.sleep(0.02)
            into.append(stream.publish(b"{}"))

        thread = threading.Thread(target=publish)
        thread.start()
        made.turn()
        thread.join()

        assert hints.sent == entries


def test_what_was_read_to_its_end_is_waited_for_and_not_read_again(
    redis: redis.Redis, stream: Stream
) -> None:
    made, hints = intake_of(redis, stream)
    entries = [stream.publish(b"{}") for _ in range(3)]

    def one_by_one() -> None:
        for _ in range(2):
            made.turn()
            entries.append(stream.publish(b"{}"))

    # Each read is one command for each entry, and one that finds no more.
    assert asked(redis, "xreadgroup", one_by_one) == 4 + 2
    made.turn()
    assert hints.sent == entries


def test_an_event_that_comes_alone_is_started_with_its_reading(
    redis: redis.Redis, stream: Stream
) -> None:
    made, hints = intake_of(redis, stream)
    entries = []
    for _ in range(2):
        # Redis knows the script afterwards.
        entries.append(stream.publish(b"{}"))
        made.turn()
    entries.append(stream.publish(b"{1}"))

    assert asked(redis, "evalsha", made.turn) == 1

    assert hints.sent == entries
    assert hints.begun[entries[-1]] == of_event(b"{1}")
    assert stream.overdue(0, 10)[-1] == Pending(entries[-1], 1)


def test_of_events_that_come_together_none_is_started_by_who_reads(
    redis: redis.Redis, stream: Stream
) -> None:
    made, hints = intake_of(redis, stream)
    entries = [stream.publish(b"{}")]
    made.turn()
    entries += [stream.publish(b"{}") for _ in range(2)]
    redis.script_flush()

    for _ in range(2):
        # Where Redis does not know the script, the entries are read all the same.
        made.turn()
        entries += [stream.publish(b"{}") for _ in range(2)]
    made.turn()

    assert (hints.sent, hints.begun) == (entries, {})
    assert {one.starts for one in stream.overdue(0, 10)} == {0}


def test_of_intakes_that_wait_one_alone_reads_what_comes(
    redis: redis.Redis, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = [
        intake_of(redis, Stream(redis, "orders:events", "waybill"), name)
        for name in ("first", "second", "third")
    ]
    monkeypatch.setattr(intake_module, "BLOCK_MS", 300)
    waiting = [threading.Thread(target=one.turn) for one, _ in crowd]
    entries: list[str] = []

    def publish() -> None:
        for thread in waiting:
            thread.start()
        time.sleep(0.05)
        entries.append(stream.publish(b"{}"))
        for thread in waiting:
            thread.join()

    assert asked(redis, "evalsha", publish) == 1
    assert [one for _, hints in crowd for one in hints.sent] == entries


def test_what_was_claimed_back_meanwhile_is_not_taken_for_what_a_wait_was_given(
    redis: redis.Redis, stream: Stream
) -> None:
    here, gone = Stream(redis, "orders:events", "waybill"), stream
    held = [here.publish(b"{}") for _ in range(2)]
    here.read("here", 1, 1)
    gone.read("gone", 1, 1)
    assert here.claim_back("here", held[1:], 0) == held[1:]
    assert here.stays_quiet("here", 5)
    fresh = here.publish(b"{}")

    assert here.read("here", 10, 1) == [fresh]


def quiet(redis: redis.Redis, stream: Stream, waited: int) -> tuple[Intake, Hints]:
    """An intake that has read in vain, and waited so often since."""
    block, intake_module.BLOCK_MS = intake_module.BLOCK_MS, 1
    try:
        made, hints = intake_of(redis, stream)
        turns(made, waited - 1)
    finally:
        intake_module.BLOCK_MS = block
    return made, hints


def test_a_stream_that_was_made_again_is_read_again(
    redis: redis.Redis, stream: Stream
) -> None:
    made, hints = intake_of(redis, stream)
    redis.delete("orders:events")
    entry = redis.xadd("orders:events", {"event": b"{}"}, id="1-1")
    turns(made)

    assert [one.encode() for one in hints.sent] == [entry]


def test_a_release_that_finds_nothing_puts_destinations_in_order_seldom(
    redis: redis.Redis,
) -> None:
    world, sent = build(redis), Sent()
    one = release(world, sent)

    times = asked(redis, "sscan", lambda: [one.turn() for _ in range(4 * IDLE_TURNS)])

    assert times == 4


def test_a_release_that_rests_asks_one_plain_command_a_turn(
    redis: redis.Redis,
) -> None:
    world, sent = build(redis), Sent()
    one = release(world, sent)
    turns_of(one, 2)

    times = asked(redis, "evalsha", lambda: turns_of(one, IDLE_TURNS - 2))

    assert times == 0


@pytest.mark.parametrize("waits", [False, True])
def test_a_release_that_rests_sees_new_work_at_its_next_turn(
    redis: redis.Redis, *, waits: bool
) -> None:
    world, sent = build(redis), Sent()
    if waits:
        # Something else is due later.
        world.redis.zadd("{wb:0}:next", {"westcon": world.clock.now_ms + 60_000})
    one = release(world, sent)
    turns_of(one, 3)
    acts.fill(world, "deck")
    acts.admit(world, acts.link())
    world.redis.delete("{wb:0}:leased:deck")

    one.turn()

    assert sent.claims() == 1


def test_a_release_that_rests_turns_when_the_known_moment_has_come(
    redis: redis.Redis,
) -> None:
    world, sent, now = build(redis), Sent(), [0.0]
    acts.fill(world, "deck")
    acts.admit(world, acts.link())
    world.redis.delete("{wb:0}:leased:deck")
    world.redis.zadd("{wb:0}:next", {"deck": world.clock.now_ms + 500})
    world.redis.zadd("{wb:0}:due:deck", {"delivery:L1": world.clock.now_ms + 500})
    one = release(world, sent, monotonic=lambda: now[0])
    pauses = [one.turn() for _ in range(3)]
    assert sent.claims() == 0

    now[0] += 0.5
    world.clock.advance(500)
    one.turn()

    assert 0 < pauses[-1] <= 0.5
    assert sent.claims() == 1


def turns_of(one: Release, count: int) -> None:
    for _ in range(count):
        one.turn()


def test_what_an_older_release_has_written_is_found_all_the_same(
    redis: redis.Redis,
) -> None:
    world, sent = build(redis), Sent()
    one = release(world, sent)
    one.turn()
    unnamed(world)

    for _ in range(2 * IDLE_TURNS):
        one.turn()

    assert sent.claims() == 1


def unnamed(world: World) -> None:
    """Work of a destination that Release has no moment for."""
    acts.fill(world, "deck")
    acts.admit(world, acts.link())
    world.redis.delete("{wb:0}:leased:deck", "{wb:0}:next")
