"""What `waybill status` looks at: the ledger, its gates, the stream, at one moment."""

from dataclasses import dataclass, field

from workers.cli.opening import Opened
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
        epoch_ms: UTC ms at which the ledger was made, None without its mark.
        partitions: of the ledger.
    """

    overview: Overview
    gates: dict[str, GateState] = field(default_factory=dict)
    configured: frozenset[str] = frozenset()
    epoch_ms: int | None = None
    partitions: int = 1


def look(ledger: Opened) -> Seen:
    """Read it all; raises redis.RedisError."""
    client, stream, settings = ledger.client, ledger.stream, ledger.settings
    found = overview(client, stream, ledger.destinations(), settings.partitions)
    epoch = client.get(keys.EPOCH)
    return Seen(
        overview=found,
        gates=gate_states(client, found.destinations, found.now_ms),
        configured=frozenset(ledger.configured()),
        epoch_ms=None if epoch is None else number(epoch),
        partitions=settings.partitions,
    )
