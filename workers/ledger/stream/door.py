"""The door's side of the stream: a request's events go in together, each id once.

An event that is posted again within the life of its mark is answered with its first
entry. The mark is the door's own: the ledger's `seen` is written when an event is
admitted, and a sender that got no answer asks again before that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import redis

from serializers.events.entry_fields import Fields
from workers.ledger.scripts import Argument, Call, Scripts
from workers.redis.answers import number, text

SCRIPT = "door"


@dataclass(frozen=True, slots=True)
class Posted:
    """One event that is to be added.

    Attributes:
        digest: of its source and id.
        mark: of its meaning, see `serializers.events.identity`.
        fields: of its entry.
    """

    digest: str
    mark: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class Kept:
    """An event that Redis has: its entry, and whether it had it before."""

    entry: str
    again: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """Nothing was added: the event at this place came with another mark before."""

    place: int
    mark: str


@dataclass(frozen=True, slots=True)
class Full:
    """Nothing was added: so many entries wait already."""

    entries: int


class Door:
    """Adds events to a stream.

    Args:
        client: that leaves bytes as bytes; it may send a command again after a lost
            answer, which the marks make safe.
        stream: its key.
        life_ms: how long a mark lives.
        most: entries that the stream may have.
    """

    def __init__(
        self, client: "redis.Redis", stream: str, life_ms: int, most: int
    ) -> None:
        self._scripts = Scripts(client)
        self._stream = stream
        self._bounds: tuple[Argument, ...] = (life_ms, most)

    def add(self, events: Sequence[Posted]) -> tuple[Kept, ...] | Conflict | Full:
        """Add all of them or none, in their order.

        Raises:
            redis.RedisError: Redis does not answer; then they may be in, or not.
        """
        arguments: list[Argument] = [*self._bounds]
        for event in events:
            arguments += (event.digest, event.mark, len(event.fields))
            arguments += (part for field in event.fields for part in field)
        call = Call(SCRIPT, self._stream, tuple(arguments))
        return _read(self._scripts.run(call))


def _read(answer: Sequence[Any]) -> tuple[Kept, ...] | Conflict | Full:
    verdict, *rest = answer
    match text(verdict):
        case "conflict":
            return Conflict(number(rest[0]) - 1, text(rest[1]))
        case "full":
            return Full(number(rest[0]))
    entries = map(text, rest)
    return tuple(Kept(one.removeprefix("-"), one.startswith("-")) for one in entries)
