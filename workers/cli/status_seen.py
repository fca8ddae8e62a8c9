"""What `waybill status` looks at: the ledger, its gates, the stream, at one moment."""

from dataclasses import dataclass, field

from workers.cli.opening import Opened, now_ms
from workers.ledger import keys
from workers.ledger.answers import number
from workers.ledger.gate_states import GateState, gate_states
from workers.ledger.overview import Overview, overview


@dataclass(frozen=True, slots=True)
class Seen:
    """All of it.

    Attributes:
        overview: of all partitions.
        gates: by destination.
        configured: destinations of the settings.
        oldest_event_ms: UTC ms of the oldest event that is not admitted yet.
        epoch_ms: UTC ms at which the ledger was made, None without its mark.
        partitions: of the ledger.
        now_ms: UTC ms by Redis' clock.
    """

    overview: Overview
    gates: dict[str, GateState] = field(default_factory=dict)
    configured: frozenset[str] = frozenset()
    oldest_event_ms: int | None = None
    epoch_ms: int | None = None
    partitions: int = 1
    now_ms: int = 0


def look(ledger: Opened) -> Seen:
    """Read it all; raises redis.RedisError."""
    client, stream, settings = ledger.client, ledger.stream, ledger.settings
    found = overview(client, stream, ledger.destinations(), settings.partitions)
    at, epoch = now_ms(client), client.get(keys.EPOCH)
    return Seen(
        overview=found,
        gates=gate_states(client, found.destinations, at),
        configured=frozenset(ledger.configured()),
        oldest_event_ms=stream.oldest_ms(),
        epoch_ms=None if epoch is None else number(epoch),
        partitions=settings.partitions,
        now_ms=at,
    )
