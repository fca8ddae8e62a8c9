"""A ledger whose scripts run on a clock that the test owns."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

import redis

from tasks.concurrency import Destinations, by_name
from tasks.destination import Destination
from tests.defaults import RESULTS, RETENTION, destination, retry
from tests.processes.ledger_servers import Kind, chosen
from workers.dispatch.room import Room
from workers.dispatch.slots import Slots
from workers.ledger import keys
from workers.ledger.claims import Claims
from workers.ledger.dead_letters import DeadLetters
from workers.ledger.gates import Gates
from workers.ledger.layout.layout import unmoved
from workers.ledger.layout.places import Places
from workers.ledger.retention import Retention
from workers.ledger.scripts import Call, Scripts, source
from workers.ledger.store import RedisLedger
from workers.ledger.stream.reader import Stream
from workers.ledger.stream.streams import Names, streams_of
from workers.redis.cluster.client import ClusterClient
from workers.redis.cluster.commands import guard_of
from workers.redis.round_trips import Command
from workers.wiring.ledger import LedgerParts

#: The key that holds the scripts' time, in ms.
CLOCK = "test:clock"

#: Thirteen digits, as UTC ms have until the year 2286.
START_MS = 1_790_000_000_000

#: The first stream of a ledger. On a Cluster no partitions share one.
STREAM = keys.events(keys.prefix(0)) if chosen() is Kind.CLUSTER else "orders:events"

#: On a Cluster each slot has its own, see `Clock.reach` and `guarded`.
PRELUDE = (
    f"local CLOCK = '{CLOCK}' .. (KEYS[2] or '')"
    " local NOW = tonumber(redis.call('GET', CLOCK))"
)

#: One text for another, in whatever script holds it.
Change = tuple[str, str]

#: Three attempts each; few enough leases for a test to fill.
KNOWN = tuple(
    destination(name, retry(pauses=(10.0, 60.0)), max_leased=8)
    for name in ("westcon", "westcon/dach", "deck", "ingram/acme", "ingram/zeta")
)

#: The same, and one receiver that holds what stands behind a dead letter.
HOLDING = tuple(replace(one, holds=one.name == "ingram/zeta") for one in KNOWN)


class Clock:
    """The time as the scripts read it; it stands still until it is moved."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._is_apart = isinstance(client, ClusterClient)
        self.names = set() if self._is_apart else {CLOCK}
        self.now_ms = START_MS
        self.advance(0)

    def advance(self, ms: int) -> None:
        self.now_ms += ms
        pipeline = self._client.pipeline(transaction=False)
        for name in sorted(self.names):
            pipeline.set(name, self.now_ms)
        pipeline.execute()

    def reach(self, key: str) -> None:
        """Have the time be known where a script runs that has this key."""
        name = f"{CLOCK}{guard_of(key)}"
        if self._is_apart and name not in self.names:
            self._client.set(name, self.now_ms)
            self.names.add(name)


def is_clock(key: str) -> bool:
    return key.startswith(CLOCK)


class Clocked(Scripts):
    """Scripts on a test's clock."""

    def __init__(
        self,
        client: redis.Redis,
        clock: Clock,
        changes: Iterable[Change] = (),
        **options: Any,
    ) -> None:
        super().__init__(client, sources(changes), **options)
        self._clock = clock

    def command(self, call: Call) -> Command:
        self._clock.reach(call.key)
        return super().command(call)


def sources(changes: Iterable[Change] = ()) -> dict[str, str]:
    """Every script on the test's clock, with each change made wherever it fits.

    Raises:
        ValueError: a change fits no script, so it would prove nothing.
    """
    folder = resources.files("workers.ledger") / "scripts"
    names = [f.name.removesuffix(".lua") for f in folder.iterdir()]
    prelude = source("time").rstrip()
    texts = {name: source(name).replace(prelude, PRELUDE) for name in names}
    for old, new in changes:
        if not any(old in text for text in texts.values()):
            raise ValueError(f"no script holds {old!r}")
        texts = {name: text.replace(old, new) for name, text in texts.items()}
    return texts


#: More threads than anything here starts.
MANY = 1_000_000


@dataclass(frozen=True, slots=True)
class OpenGates:
    """Gates of which nothing is known but which are shut."""

    shut: frozenset[str] = frozenset()

    def is_open(self, destination: str) -> bool:
        return destination not in self.shut

    def look(self, destinations: Iterable[str]) -> None:
        """There is nothing to look at."""

    def close(
        self, destination: str, seconds: float, why: str = "", *, probe: bool = False
    ) -> None:
        """What is shut here stays as it was made."""


def room_of(
    destinations: Destinations,
    *,
    shut: frozenset[str] = frozenset(),
    seconds: float = 1.0,
    slots: int = MANY,
    partitions: int = 1,
) -> Room:
    """The room of a process with many threads, whose calls all take as long."""
    gates, threads = OpenGates(shut), Slots(slots)
    return Room(destinations, gates, lambda _: seconds, threads, partitions)


def store_of(parts: LedgerParts) -> RedisLedger:
    """The store of a process that has room for everything."""
    known = parts.destinations
    room, scripts, retention = room_of(known), parts.scripts, parts.retention
    return RedisLedger(
        parts.client, parts.stream, known, room, retention, parts.places, scripts
    )


@dataclass(frozen=True, slots=True)
class World:
    """One ledger in one Redis, with everything that acts on it."""

    redis: redis.Redis
    clock: Clock
    retention: Retention
    partitions: int
    destinations: Destinations
    room: Room
    scripts: Scripts
    places: Places
    stream: Stream
    ledger: RedisLedger
    claims: Claims
    gates: Gates
    letters: DeadLetters


def build(
    client: redis.Redis,
    *,
    partitions: int = 1,
    known: Iterable[Destination] = KNOWN,
    retention: Retention = RETENTION,
    changes: Iterable[Change] = (),
    shut: frozenset[str] = frozenset(),
) -> World:
    """A world on an empty Redis; `changes` break scripts on purpose.

    Gates of `shut` are closed for this process.
    """
    clock = Clock(client)
    scripts = Clocked(client, clock, changes, results=RESULTS.lua())
    destinations = by_name(known)
    room = room_of(destinations, shut=shut, partitions=partitions)
    is_apart = isinstance(client, ClusterClient)
    own = Names("orders:events", "waybill", partitions if is_apart else 1, is_apart)
    places = Places(scripts, unmoved(partitions))
    streams = streams_of(client, own, home=places.home, place=places.of)
    return World(
        redis=client,
        clock=clock,
        retention=retention,
        partitions=partitions,
        destinations=destinations,
        room=room,
        scripts=scripts,
        places=places,
        stream=streams.every[0],
        ledger=RedisLedger(
            client, streams, destinations, room, retention, places, scripts
        ),
        claims=Claims(scripts, retention, partitions),
        gates=Gates(scripts, destinations),
        letters=DeadLetters(client, scripts, streams, retention, partitions),
    )
