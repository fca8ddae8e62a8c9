"""Account of the stream: counts events that were lost before they were admitted.

Every entry that was added is unread, pending or settled: durable, and acknowledged.
What is none of these is lost: an `XADD … MAXLEN`, an XTRIM or an XDEL has dropped it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import redis

from workers.ledger import keys
from workers.ledger.audit.actor import Actor, Deed, run
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import number

#: The consumer that holds what is being admitted, whichever worker does it, and what
#: readers' names begin with. Releases that did not keep the account have other names.
STARTED, READER = "admitting", "reader:"


@dataclass(frozen=True, slots=True)
class Loss:
    """What one look has found missing.

    Attributes:
        events: how many were lost since the look before.
        is_exact: whether that is their number, and not the least.
    """

    events: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Losses:
    """What was lost since the ledger was made.

    Attributes:
        events: how many, at least.
        accepted: for how many of them a person has confirmed that it is settled.
        is_exact: whether the number of those that are not accepted is known.
        last_ms: UTC ms at which the last loss was noticed, None without one.
    """

    events: int = 0
    accepted: int = 0
    is_exact: bool = True
    last_ms: int | None = None

    @classmethod
    def of(cls, some: Sequence["Losses"]) -> "Losses":
        """Those of several streams together."""
        return cls(
            sum(one.events for one in some),
            sum(one.accepted for one in some),
            is_exact=all(one.is_exact for one in some),
            last_ms=max((one.last_ms for one in some if one.last_ms), default=None),
        )

    @property
    def open(self) -> int:
        """Lost events that nobody has settled."""
        return max(0, self.events - self.accepted)


class StreamAccount:
    """The account of one stream and group; every method raises redis.RedisError."""

    def __init__(self, client: "redis.Redis", stream: str, group: str) -> None:
        self._client = client
        self._stream = stream
        self._group = group
        self._scripts = Scripts(client)
        self._key = keys.account(stream, group)

    def begin(self) -> None:
        """Begin with a group that has read nothing, unless there is an account."""
        if not self._client.exists(self._key):
            self._client.hset(self._key, "base", "0")

    def look(self) -> Loss:
        """Find what was lost since the last look; each loss is found once."""
        call = Call("account", self._stream, (self._group, STARTED, READER))
        events, exact = self._scripts.run(call)
        return Loss(number(events), bool(exact))

    def losses(self) -> Losses:
        """All that was lost; nothing is looked for."""
        lost, accepted, vague, last = self._client.hmget(
            self._key, "lost", "accepted", "vague", "lost_at"
        )
        return Losses(
            number(lost),
            number(accepted),
            is_exact=vague is None,
            last_ms=None if last is None else number(last),
        )

    def accept(self, by: Actor | None = None) -> int:
        """Settle what is lost so far; answers how many events that newly is."""
        seen = self.losses()
        call = Call("accept_gap", keys.home(self._stream), (self._key, seen.events))
        before, after = f"{seen.accepted} settled", f"{seen.events} settled"
        deed = Deed("stream.gap_accepted", self._stream, before=before, after=after)
        run(self._scripts, call, by, deed)
        return seen.open
