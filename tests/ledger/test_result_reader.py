"""Results are read over all partitions in order, each once."""

from tests.ledger import acts
from tests.ledger.clock import World
from workers.ledger import keys
from workers.ledger.results.reader import Found, ResultReader


def many(world: World, orders: int) -> None:
    for n in range(orders):
        acts.admit(world, number=f"SO-{n}")
        world.clock.advance(1)


def everything(reader: ResultReader, at_once: int) -> list[Found]:
    found: list[Found] = []
    places = reader.beginning()
    while True:
        some, places = reader.after(places, at_once)
        if not some:
            return found
        found += some


def test_everything_is_read_once_however_much_at_a_time(cut_world: World) -> None:
    many(cut_world, 30)
    reader = ResultReader(cut_world.redis, cut_world.partitions)

    whole = everything(reader, 1000)

    assert len(whole) == 30
    assert whole == sorted(whole, key=lambda one: tuple(map(int, one.entry.split("-"))))
    for at_once in (1, 7):
        again = everything(reader, at_once)
        assert sorted(map(repr, again)) == sorted(map(repr, whole))


def test_what_comes_meanwhile_is_behind_what_was_read(cut_world: World) -> None:
    reader = ResultReader(cut_world.redis, cut_world.partitions)
    many(cut_world, 5)
    first, places = reader.after(reader.beginning(), 3)

    many(cut_world, 8)

    rest, places = reader.after(places, 100)
    assert len(first) + len(rest) == 13
    assert reader.after(places, 100) == ((), places)


def test_reading_begins_at_an_entry_or_at_a_moment(world: World) -> None:
    key = keys.results(keys.prefix(0))
    for entry in ("5-0", "5-1", "7-0"):
        world.redis.xadd(key, {"event": "{}"}, id=entry)
    reader = ResultReader(world.redis)

    def from_(entry: str) -> list[str]:
        return [one.entry for one in reader.after(reader.at(entry), 9)[0]]

    assert from_("5-1") == ["5-1", "7-0"]
    assert from_("5-0") == ["5-0", "5-1", "7-0"]
    assert from_("6-0") == ["7-0"]
    assert from_("0-0") == ["5-0", "5-1", "7-0"]
    assert from_("8-0") == []


def test_reading_leaves_nothing_behind(world: World) -> None:
    many(world, 3)
    before = acts.everything(world)

    everything(ResultReader(world.redis), 2)

    assert acts.everything(world) == before
