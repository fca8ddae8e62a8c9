"""The whole ledger at a glance: what waits, what is held, what was given up."""

from dataclasses import dataclass, field

import redis

from workers.ledger import keys
from workers.ledger.answers import number, text
from workers.ledger.backlog import Backlog
from workers.ledger.stream_account import Losses


@dataclass(slots=True)
class DestinationState:
    """One destination over all partitions.

    Attributes:
        due: items that wait, now or for their moment.
        leased: items that a worker holds.
        overdue_seconds: how long its oldest due item has been waiting.
        parked: whether it is disabled.
    """

    name: str
    due: int = 0
    leased: int = 0
    overdue_seconds: float = 0.0
    parked: bool = False


@dataclass(slots=True)
class Overview:
    """The ledger at one moment.

    Attributes:
        destinations: by name.
        counts: how often what has happened, since the ledger was made.
        dead: dead letters that wait.
        stream: entries in the stream.
        pending: those handed out and not admitted yet.
        unread: those that no worker has read yet.
        losses: events that were lost before they were admitted.
        oldest_event_ms: UTC ms of the oldest one that is not admitted yet.
        now_ms: UTC ms by Redis' clock.
    """

    destinations: dict[str, DestinationState] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    dead: int = 0
    stream: int = 0
    pending: int = 0
    unread: int = 0
    losses: Losses = field(default_factory=Losses)
    oldest_event_ms: int | None = None
    now_ms: int = 0

    @property
    def oldest_event_seconds(self) -> float:
        """How long the oldest event has waited to be admitted."""
        if self.oldest_event_ms is None:
            return 0.0
        return max(0.0, (self.now_ms - self.oldest_event_ms) / 1000)


def overview(
    client: "redis.Redis",
    stream: Backlog,
    known: list[str],
    partitions: int = 1,
) -> Overview:
    """Read it all; raises redis.RedisError.

    Args:
        client: RESP2, bytes.
        stream: the ERP's.
        known: destinations of the settings; those with work are found anyway.
        partitions: of the ledger.
    """
    seconds, micros = client.time()
    now_ms = seconds * 1000 + micros // 1000
    seen = Overview({name: DestinationState(name) for name in known}, now_ms=now_ms)
    for partition in range(partitions):
        _read(client, keys.prefix(partition), now_ms, seen)
    seen.stream, seen.pending = stream.length(), stream.pending_count()
    seen.losses = stream.account.losses()
    seen.unread, seen.oldest_event_ms = stream.unread_count(), stream.oldest_ms()
    return seen


def _read(client: "redis.Redis", root: str, now_ms: int, seen: Overview) -> None:
    for raw, count in client.hgetall(root + "counts").items():
        name = text(raw)
        seen.counts[name] = seen.counts.get(name, 0) + number(count)
    seen.dead += number(client.zcard(root + "dead"))
    parked = {text(name) for name in client.smembers(root + "parked")}
    named = {text(name) for name in client.smembers(root + "destinations")}
    for name in named | parked | set(seen.destinations):
        state = seen.destinations.setdefault(name, DestinationState(name))
        state.parked = state.parked or name in parked
        _read_destination(client, root, now_ms, state)


def _read_destination(
    client: "redis.Redis", root: str, now_ms: int, state: DestinationState
) -> None:
    due_key = f"{root}due:{state.name}"
    state.due += number(client.zcard(due_key))
    state.leased += number(client.zcard(f"{root}leased:{state.name}"))
    for first in client.zrange(due_key, 0, 0, withscores=True):
        _, score = tuple(first)
        waited = (now_ms - number(score)) / 1000
        state.overdue_seconds = max(state.overdue_seconds, waited)
