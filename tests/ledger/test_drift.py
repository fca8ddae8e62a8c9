"""The list of drift: counted, bounded, forgotten; nothing is lost by a refusal."""

from collections.abc import Callable

import pytest
import redis as redis_library

from serializers.drift.shape import Kind, Shape
from tests.ledger.clock import World
from tests.ledger.nodes import configure
from workers.ledger import keys
from workers.ledger.drift import notebook as bounds
from workers.ledger.drift.listing import (
    MOST,
    MOST_ALIKE,
    MOST_BYTES,
    MOST_SAMPLES,
    DriftList,
)
from workers.ledger.drift.notebook import Notebook
from workers.ledger.scripts import Scripts
from workers.redis.answers import text

PARTNERS = ["westcon", "deck", "ingram"]


class Process:
    """The notebook of one worker, and the list that all of them share."""

    def __init__(self, world: World) -> None:
        self.passed_ms = 0
        self.clock = world.clock
        self.book = Notebook(self.seconds)
        self.list = DriftList(world.redis, world.scripts, self.seconds)

    def seconds(self) -> float:
        """Monotonic, whatever becomes of Redis' clock."""
        return self.passed_ms / 1000

    def advance(self, ms: int) -> None:
        """Let time pass for this process and for Redis."""
        self.passed_ms += ms
        self.clock.advance(ms)

    def meet(self, shape: Shape, sample: str = "{}", place: str = "deck") -> None:
        self.book.note(shape, place, lambda: sample)

    def write(self) -> None:
        self.list.write(self.book)


@pytest.fixture
def process(world: World) -> Process:
    return Process(world)


def shape(path: str, kind: Kind = Kind.FIELD, partner: str = "deck") -> Shape:
    return Shape(partner, "order link", kind, path, "text")


def test_what_several_workers_meet_is_listed_once_with_its_count(
    world: World, process: Process
) -> None:
    other = Process(world)
    process.meet(shape("a"), "1")
    process.meet(shape("a"), "2")
    other.meet(shape("a"), "3", "deck/b2b")
    other.meet(shape("b", Kind.CODE))

    process.write()
    other.advance(1_000)
    other.write()

    found = {one.shape: one for one in process.list.all()}
    assert found.keys() == {shape("a"), shape("b", Kind.CODE)}
    first = found[shape("a")]
    assert (first.count, first.place) == (3, "deck/b2b")
    assert first.last_ms == first.first_ms
    assert process.list.samples(shape("a").id) == ("1", "3")
    counts = process.list.counts(PARTNERS)
    assert counts.total == 2
    assert counts.shapes["deck", Kind.FIELD] == counts.shapes["deck", Kind.CODE] == 1
    assert counts.found == {"westcon": 0, "deck": 2, "ingram": 0}
    assert counts.newest_ms == first.first_ms + 1_000


def test_nothing_is_written_where_nothing_was_met(
    process: Process, redis: redis_library.Redis
) -> None:
    process.write()

    assert not redis.exists(keys.DRIFT)
    assert process.list.all() == ()
    assert process.list.counts(PARTNERS).total == 0


def test_of_a_shape_twenty_samples_are_kept_each_once(process: Process) -> None:
    made: list[int] = []

    def sample(n: int) -> Callable[[], str]:
        def make() -> str:
            made.append(n)
            return str(n // 2)

        return make

    for n in range(100):
        process.book.note(shape("a"), "deck", sample(n))
        process.write()

    assert process.list.samples(shape("a").id) == tuple(map(str, range(MOST_SAMPLES)))
    assert process.list.all()[0].count == 100
    # When there are enough, none is made any more.
    assert len(made) == 2 * MOST_SAMPLES - 1


def test_the_list_is_bounded_in_shapes_of_one_kind_in_all_and_in_bytes(
    process: Process, redis: redis_library.Redis
) -> None:
    large = "x" * 4_096
    kinds = list(Kind)[: MOST // MOST_ALIKE + 1]

    for kind in kinds:
        for n in range(MOST_ALIKE + 1):
            process.meet(shape(f"f{n}", kind), large + str(n))
        process.write()
    for n in range(10):
        for kind in kinds:
            process.meet(shape("f0", kind), f"{n}{large}")
        process.write()

    counts = process.list.counts(PARTNERS)
    assert counts.total == len(process.list.all()) == MOST
    assert max(counts.shapes.values()) == MOST_ALIKE
    assert counts.unlisted == len(kinds) * (MOST_ALIKE + 1) - MOST + 10
    assert 0 < int(redis.hget(keys.DRIFT, "bytes") or 0) <= MOST_BYTES
    assert (redis.memory_usage(keys.DRIFT, samples=0) or 0) < 2 * MOST_BYTES


def test_a_process_holds_so_many_shapes_and_counts_the_others(process: Process) -> None:
    for n in range(bounds.MOST + 7):
        process.meet(shape(f"f{n}", list(Kind)[n % 6]))

    entries, unlisted = process.book.take()

    assert (len(entries), unlisted) == (bounds.MOST, 7)


def test_what_is_forgotten_is_gone_and_comes_back_when_it_is_met_again(
    process: Process, redis: redis_library.Redis
) -> None:
    for path in ("a", "b"):
        process.meet(shape(path), f"of {path}")
    process.write()
    before = int(redis.hget(keys.DRIFT, "bytes") or 0)
    # A worker has met it once more, and not written it yet.
    process.meet(shape("a"), "late")
    process.advance(1_000)

    assert process.list.forget(shape("a"))
    process.write()

    assert [one.shape for one in process.list.all()] == [shape("b")]
    assert process.list.samples(shape("a").id) == ()
    assert int(redis.hget(keys.DRIFT, "bytes") or 0) == before - len("of a")
    assert not process.list.forget(shape("a"))
    process.advance(1_000)
    process.meet(shape("a"), "again")
    process.write()
    assert process.list.all()[0].count == 1
    assert process.list.samples(shape("a").id) == ("again",)
    assert process.list.counts(PARTNERS).found["deck"] == 3


def test_all_are_forgotten_and_what_was_found_stays_counted(
    process: Process, redis: redis_library.Redis
) -> None:
    for n in range(MOST_ALIKE + 1):
        process.meet(shape(f"f{n}"))
    process.write()
    process.meet(shape("f0"))
    process.advance(1_000)

    assert process.list.forget_all() == MOST_ALIKE
    process.write()

    counts = process.list.counts(PARTNERS)
    assert (process.list.all(), counts.total) == ((), 0)
    assert (counts.found["deck"], counts.unlisted) == (MOST_ALIKE, 1)
    names = set(map(text, redis.hkeys(keys.DRIFT)))
    assert names == {"forgotten", "found:deck", "unlisted"}
    process.advance(1_000)
    process.meet(shape("f0"))
    process.write()
    assert [one.shape for one in process.list.all()] == [shape("f0")]


def test_that_one_was_forgotten_is_not_remembered_for_ever(
    process: Process, redis: redis_library.Redis
) -> None:
    for path in ("a", "b"):
        process.meet(shape(path))
    process.write()

    process.list.forget(shape("a"))
    process.advance(3_600_001)
    process.list.forget(shape("b"))

    names = set(map(text, redis.hkeys(keys.DRIFT)))
    assert f"forgotten:{shape('a').id}" not in names
    assert f"forgotten:{shape('b').id}" in names


def test_a_clock_that_is_set_back_hides_nothing(process: Process) -> None:
    process.meet(shape("a"))
    process.write()
    process.list.forget_all()

    process.clock.advance(-60_000)
    process.meet(shape("a"))
    process.write()

    assert process.list.all()[0].count == 1


def test_what_redis_refuses_waits_and_is_counted_once(
    process: Process, redis: redis_library.Redis
) -> None:
    process.meet(shape("a"), "first")
    redis.set(keys.DRIFT, "somebody's")

    with pytest.raises(redis_library.RedisError):
        process.write()
    process.meet(shape("a"), "second")
    process.meet(shape("b"))
    redis.delete(keys.DRIFT)
    process.write()

    assert {one.shape: one.count for one in process.list.all()} == {
        shape("a"): 2,
        shape("b"): 1,
    }
    assert process.list.samples(shape("a").id) == ("first",)


def test_a_full_redis_refuses_it_and_loses_nothing(
    process: Process, redis: redis_library.Redis
) -> None:
    process.meet(shape("a"))
    process.clock.reach(keys.DRIFT)
    configure(redis, "maxmemory", 1)
    try:
        with pytest.raises(redis_library.RedisError):
            process.write()
    finally:
        configure(redis, "maxmemory", 0)

    process.write()
    assert [one.count for one in process.list.all()] == [1]


def test_scripts_of_the_list_need_nothing_but_its_key(
    redis: redis_library.Redis,
) -> None:
    listing, book = DriftList(redis, Scripts(redis)), Notebook()
    book.note(shape("a"), "deck", lambda: "{}")

    listing.write(book)

    assert list(redis.scan_iter()) == [keys.DRIFT.encode()]
