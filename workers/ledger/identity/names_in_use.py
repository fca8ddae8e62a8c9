"""Names of Westcon's accounts and DECK's sites that the living workers have."""

from collections.abc import Iterable

import redis

from serializers.events.event import OrderEvent
from tasks.planning.choice import ACCOUNT, SITE, unknown_names
from workers.ledger.identity.heartbeats import Alive, Heartbeats


class NamesInUse:
    """What may be named in an event; workers are asked for it once it is.

    Args:
        client: RESP2, bytes.
    """

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client
        self._alive: tuple[Alive, ...] | None = None

    def problems(self, event: OrderEvent) -> tuple[str, ...]:
        """The names in an event that no living worker has; none where none lives.

        Raises:
            redis.RedisError: Redis does not answer.
        """
        if not (event.westcon_account or event.deck_site):
            return ()
        if self._alive is None:
            self._alive = Heartbeats(self._client).alive()
        accounts, sites = (names(self._alive, kind) for kind in (ACCOUNT, SITE))
        return tuple(unknown_names(event, accounts, sites))


def names(workers: Iterable[Alive], kind: str) -> frozenset[str] | None:
    """The names that workers have of a kind, None where none has that partner.

    Args:
        workers: that are alive.
        kind: "account" or "site".
    """
    found = [
        one.heartbeat.names[kind] for one in workers if kind in one.heartbeat.names
    ]
    return frozenset().union(*found) if found else None
