"""Events that come back are handed out again, the suspicious ones one by one."""

from collections.abc import Callable, Sequence

import pytest
import redis

from tests.defaults import intake_rules
from workers.ledger.stream.reader import Stream
from workers.steps.intake import Intake

NOBODY: Callable[[str, str, str], bool] = lambda *_: False  # noqa: E731 (buries none)

RULES = intake_rules(batch=100, attempts=10, ahead=0, lease_ms=60_000)


class Hints:
    """Remembers what was handed out together."""

    def __init__(self) -> None:
        self.sent: list[list[str]] = []

    def receive(self, ids: Sequence[str], _: object = None) -> None:
        self.sent.append(list(ids))

    def may_receive(self, _: float) -> bool:
        return True


@pytest.fixture(name="stream")
def made_stream(redis: redis.Redis) -> Stream:
    stream = Stream(redis, "orders:events", "waybill")
    stream.make()
    return stream


def overdue(redis: redis.Redis, stream: Stream, starts: int, count: int) -> list[str]:
    """Entries that a worker has held for longer than a lease, after so many starts."""
    for _ in range(count):
        stream.publish(b"{}")
    ids = stream.read("gone", count, 1)
    redis.xclaim(
        "orders:events",
        "waybill",
        "gone",
        0,
        [*ids],
        idle=2 * RULES.lease_ms,
        retrycount=1 + starts,
    )
    return ids


def test_events_wait_while_more_is_due_than_threads_have_called(
    redis: redis.Redis, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(30):
        stream.publish(b"{}")
    hints, due, now = Hints(), [101], [1_000.0]
    rules = intake_rules(batch=2, ahead=100)
    made = Intake(redis, stream, hints, NOBODY, rules, "here", lambda: due[0])
    monkeypatch.setattr("workers.steps.intake.time.monotonic", lambda: now[0])

    rests = [made.turn() for _ in range(5)]
    trickled = len(hints.sent)
    now[0] += 1.1
    made.turn()
    again = len(hints.sent)
    due[0] = 50
    now[0] += 0.1
    made.turn()

    # A few each second come through whatever is due, and all of them later.
    assert rests[1:] == [0.2] * 4
    assert (trickled, again, len(hints.sent)) == (1, 2, 3)


def test_without_a_bound_nothing_is_counted(redis: redis.Redis, stream: Stream) -> None:
    stream.publish(b"{}")
    hints = Hints()
    asked: list[int] = []

    def due() -> int:
        asked.append(1)
        return 0

    made = Intake(redis, stream, hints, NOBODY, RULES, "here", due)

    made.turn()

    assert (len(hints.sent), asked) == (1, [])


def intake(redis: redis.Redis, stream: Stream) -> tuple[Intake, Hints, list[str]]:
    hints = Hints()
    buried: list[str] = []

    def bury(entry: str, *_: str) -> bool:
        buried.append(entry)
        return True

    made = Intake(redis, stream, hints, bury, RULES, "here")
    return made, hints, buried


def test_what_nobody_started_comes_back_together(
    redis: redis.Redis, stream: Stream
) -> None:
    ids = overdue(redis, stream, 0, 5)
    made, hints, _ = intake(redis, stream)

    made.turn()

    assert hints.sent == [ids]


def test_what_was_started_comes_back_alone(redis: redis.Redis, stream: Stream) -> None:
    ids = overdue(redis, stream, 4, 5)
    made, hints, _ = intake(redis, stream)

    made.turn()

    assert hints.sent == [[one] for one in ids]


def test_what_has_come_back_for_half_its_starts_comes_one_by_one(
    redis: redis.Redis, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = overdue(redis, stream, 5, 3)
    made, hints, _ = intake(redis, stream)
    now = iter(range(1_000, 2_000))
    monkeypatch.setattr("workers.steps.intake.time.monotonic", lambda: next(now) * 1.1)

    made.turn()
    first = list(hints.sent)
    for _ in range(4):
        made.turn()

    assert first == [ids[:1]]
    assert hints.sent == [[one] for one in ids]


def test_an_entry_whose_starts_are_used_up_is_buried(
    redis: redis.Redis, stream: Stream
) -> None:
    ids = overdue(redis, stream, 10, 1)
    made, hints, buried = intake(redis, stream)

    made.turn()

    assert (buried, hints.sent) == (ids, [])
    assert stream.pending_count() == 0


@pytest.mark.parametrize("starts", [1, 10])
def test_a_full_redis_costs_no_starts(
    redis: redis.Redis, stream: Stream, starts: int
) -> None:
    overdue(redis, stream, starts, 2)
    made, hints, buried = intake(redis, stream)
    used = int(redis.info("memory")["used_memory"])
    redis.config_set("maxmemory", used + 1_000)

    try:
        made.turn()
    finally:
        redis.config_set("maxmemory", 0)

    assert (hints.sent, buried) == ([], [])
    assert stream.pending_count() == 2


def test_nothing_is_read_into_a_full_redis(redis: redis.Redis, stream: Stream) -> None:
    stream.publish(b"{}")
    made, hints, _ = intake(redis, stream)
    used = int(redis.info("memory")["used_memory"])
    redis.config_set("maxmemory", used + 1_000)

    try:
        pause = made.turn()
    finally:
        redis.config_set("maxmemory", 0)

    assert pause > 0
    assert hints.sent == []
    assert stream.pending_count() == 0
    again, hints, _ = intake(redis, stream)
    again.turn()
    assert len(hints.sent) == 1
