"""What the contract is held against: the ledger in memory, and the one on Redis."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import redis

from serializers.events.entry_fields import Apart, Fields, bare
from tasks.services import Ledger
from tests.ledger import clock, results_book
from tests.ledger.starts import Starts, starting
from tests.tasks.fake_ledger import FakeLedger
from workers.ledger import keys
from workers.ledger.endpoints.rosters import Rosters
from workers.ledger.stream.reader import MANY

#: Leases that a destination allows, and attempts of each item.
CAP, MOST = clock.KNOWN[0].max_leased, clock.KNOWN[0].retry.attempts

#: Dead letters, each with the code of what it was given up for.
Letters = frozenset[str]


class Subject(Protocol):
    """A ledger with its surroundings: the clock, the stream, what others do."""

    @property
    def ledger(self) -> Ledger: ...

    def pass_ms(self, ms: int) -> None: ...

    def begin_at_once(self, *, free: bool = True) -> Starts:
        """Have what comes alone begin where it is leased, if a thread is free."""

    def read(self, fields: Fields) -> str:
        """Write an entry and have it read, so that it is pending; its id."""

    def wear_out(self, entry: str) -> int:
        """Have started it beside others as often as may be; how often that is."""

    def delete(self, entry: str) -> None: ...

    def join(self, name: str) -> None:
        """A worker that knows this endpoint starts."""

    def write_record(self, number: str, record: bytes) -> None:
        """Something else stands where the order's record was."""

    def mark_seen(self, digest: str, mark: str) -> None:
        """Another release has admitted an event of this id."""

    def letters(self) -> Letters:
        """The dead letters: an item's ref, an entry's id."""

    def told(self) -> Sequence[tuple[str, str]]:
        """The type of each result, with the order that it is about."""


@dataclass
class InMemory:
    """The fake that the tests of the tasks run on."""

    now_ms: int = clock.START_MS
    ledger: FakeLedger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = FakeLedger(lambda: self.now_ms, cap=CAP, most=MOST)

    def pass_ms(self, ms: int) -> None:
        self.now_ms += ms

    def begin_at_once(self, *, free: bool = True) -> Starts:
        self.ledger.starts = made = Starts(free)
        return made

    def read(self, fields: Fields) -> str:
        entry = f"{self.now_ms}-{len(self.ledger.stream)}"
        self.ledger.stream[entry] = fields
        return entry

    def wear_out(self, entry: str) -> int:
        self.ledger.apart[entry] = Apart(MANY)
        return MANY

    def delete(self, entry: str) -> None:
        self.ledger.stream[entry] = None

    def join(self, name: str) -> None:
        self.ledger.join(name)

    def write_record(self, number: str, record: bytes) -> None:
        version, _ = self.ledger.records[number]
        self.ledger.records[number] = version, record

    def mark_seen(self, digest: str, mark: str) -> None:
        self.ledger.seen[digest] = mark

    def letters(self) -> Letters:
        dead = [item.ref for item in self.ledger.items.values() if item.state == "dead"]
        return frozenset(
            [*dead, *(f"event:{entry}" for entry, _ in self.ledger.buried)]
        )

    def told(self) -> Sequence[tuple[str, str]]:
        return [(kind.value, order) for kind, order in self.ledger.told]


class OnRedis:
    """The ledger itself, on a clock of the test's."""

    def __init__(self, client: redis.Redis) -> None:
        self._world = clock.build(client)
        self._world.stream.make()
        self.ledger = self._world.ledger

    def pass_ms(self, ms: int) -> None:
        self._world.clock.advance(ms)

    def begin_at_once(self, *, free: bool = True) -> Starts:
        return starting(self._world, free=free)

    def read(self, fields: Fields) -> str:
        entry = self._world.stream.add(fields)
        assert self._world.stream.read("reader", 1, 1) == [entry]
        return entry

    def wear_out(self, entry: str) -> int:
        stream = self._world.stream
        # Redis counts the reading as well.
        self._world.redis.xclaim(
            stream.name, stream.group, "reader", 0, [bare(entry)], retrycount=MANY + 1
        )
        return MANY

    def delete(self, entry: str) -> None:
        self._world.redis.xdel(self._world.stream.name, bare(entry))

    def join(self, name: str) -> None:
        Rosters(self._world.scripts).join([name])

    def write_record(self, number: str, record: bytes) -> None:
        self._world.redis.set(keys.record(keys.prefix(0), number), record)

    def mark_seen(self, digest: str, mark: str) -> None:
        self._world.redis.set(keys.seen(keys.prefix(0), digest), mark)

    def letters(self) -> Letters:
        return frozenset(letter.id for letter in self._world.letters.all())

    def told(self) -> Sequence[tuple[str, str]]:
        found = results_book.told(self._world)
        return [(one.type, one.event.get("subject", "")) for one in found]
