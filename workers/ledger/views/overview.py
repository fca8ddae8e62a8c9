"""Read-only overview of the ledger: what waits, what is held, what was given up."""

from dataclasses import dataclass, field

import redis

from tasks.planning.rules import INGRAM_PREFIX
from workers.ledger import keys
from workers.ledger.claims import DestinationWork, busy
from workers.ledger.scripts import Scripts
from workers.ledger.stream.account import Losses
from workers.ledger.stream.streams import AnyView
from workers.ledger.views.result_streams import ResultStream, result_stream
from workers.redis.answers import number, text

#: Up to so many destinations each of them is shown; of more only those that matter.
ALL_SHOWN = 100


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
    disabled: bool = False

    @property
    def matters(self) -> bool:
        """Whether it is no endpoint, or one with work, or a disabled one."""
        is_endpoint = self.name.startswith(INGRAM_PREFIX)
        return not is_endpoint or bool(self.due or self.leased or self.disabled)


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
        results: the results of each partition.
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
    results: list[ResultStream] = field(default_factory=list)
    oldest_event_ms: int | None = None
    now_ms: int = 0

    @property
    def oldest_event_seconds(self) -> float:
        """How long the oldest event has waited to be admitted."""
        if self.oldest_event_ms is None:
            return 0.0
        return max(0.0, (self.now_ms - self.oldest_event_ms) / 1000)

    @property
    def shown(self) -> list[DestinationState]:
        """The destinations worth a line, and worth asking for their gates."""
        every = list(self.destinations.values())
        if len(every) <= ALL_SHOWN:
            return every
        return [one for one in every if one.matters]

    @property
    def not_shown(self) -> int:
        """How many endpoints have nothing to do, and no line."""
        return len(self.destinations) - len(self.shown)


def overview(
    client: "redis.Redis",
    stream: AnyView,
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
        _read(client, keys.prefix(partition), seen)
    for work in busy(Scripts(client), partitions):
        _add(work, seen)
    seen.stream, seen.pending = stream.length(), stream.pending_count()
    seen.losses = stream.losses()
    seen.unread, seen.oldest_event_ms = stream.unread_count(), stream.oldest_ms()
    return seen


def _read(client: "redis.Redis", root: str, seen: Overview) -> None:
    for raw, count in client.hgetall(keys.counts(root)).items():
        name = text(raw)
        seen.counts[name] = seen.counts.get(name, 0) + number(count)
    seen.dead += number(client.zcard(keys.dead(root)))
    seen.results.append(result_stream(client, root))
    for raw in client.smembers(keys.disabled(root)):
        _state(text(raw), seen).disabled = True


def _add(work: DestinationWork, seen: Overview) -> None:
    state = _state(work.destination, seen)
    state.due += work.waiting
    state.leased += work.leased
    waited = work.overdue_ms / 1000
    state.overdue_seconds = max(state.overdue_seconds, waited)


def _state(name: str, seen: Overview) -> DestinationState:
    return seen.destinations.setdefault(name, DestinationState(name))
