"""The door's side of the stream: a request's events go in together, each id once.

An event that is posted again within the life of its mark is answered with its first
entry. The mark is the door's own: the ledger's `seen` is written when an event is
admitted, and a sender that got no answer asks again before that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import redis

from serializers.events.entry_fields import Fields
from workers.ledger.scripts import Argument, Call, Scripts
from workers.ledger.stream.reader import Stream
from workers.ledger.stream.streams import Home, Names, streams_of
from workers.redis.answers import number, text
from workers.redis.durability import UnconfirmedError

SCRIPT = "door"


@dataclass(frozen=True, slots=True)
class Posted:
    """One event that is to be added.

    Attributes:
        digest: of its source and id.
        mark: of its meaning, see `serializers.events.identity`.
        fields: of its entry.
        order: the name of its order, which chooses the stream where there are several.
    """

    digest: str
    mark: str
    fields: Fields
    order: str = ""


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


@dataclass(frozen=True, slots=True)
class _Part:
    """What of a request goes into one stream: its events, with their places."""

    stream: Stream
    places: list[int] = field(default_factory=list)
    events: list[Posted] = field(default_factory=list)

    def read(self, answer: Sequence[Any]) -> tuple[Kept, ...] | Conflict | Full:
        verdict, *rest = answer
        match text(verdict):
            case "conflict":
                return Conflict(self.places[number(rest[0]) - 1], text(rest[1]))
            case "full":
                return Full(number(rest[0]))
        return tuple(
            Kept(self.stream.named(one.removeprefix("-")), one.startswith("-"))
            for one in map(text, rest)
        )


class Door:
    """Adds events to a stream.

    Args:
        client: that leaves bytes as bytes; it may send a command again after a lost
            answer, which the marks make safe.
        names: of the ledger's streams.
        life_ms: how long a mark lives.
        most: entries that a stream may have.
        home: the partition whose stream an order's events go into.
    """

    def __init__(
        self,
        client: "redis.Redis",
        names: Names,
        life_ms: int,
        most: int,
        home: Home | None = None,
    ) -> None:
        self._scripts = Scripts(client, durability=names.durability)
        self._streams = streams_of(client, names, home=home)
        self._bounds: tuple[Argument, ...] = (life_ms, most)

    def add(self, events: Sequence[Posted]) -> tuple[Kept, ...] | Conflict | Full:
        """Add all of them or none, in their order.

        Those of several streams are looked at in all of them before any is added.

        Raises:
            redis.RedisError: Redis does not answer; then they may be in, or not.
            UnconfirmedError: they are in, and too few replicas have them.
        """
        parts = self._apart(events)
        if len(parts) > 1:
            for part in parts:
                found = self._run(part, only_look=True)
                if not isinstance(found, tuple):
                    return found
        kept: dict[int, Kept] = {}
        for part in parts:
            added = self._run(part)
            if not isinstance(added, tuple):
                if kept:
                    raise redis.RedisError("another request was quicker")
                return added
            kept.update(zip(part.places, added, strict=True))
        return tuple(kept[place] for place in range(len(events)))

    def _apart(self, events: Sequence[Posted]) -> Sequence[_Part]:
        parts: dict[str, _Part] = {}
        for place, event in enumerate(events):
            stream = self._streams.for_order(event.order)
            part = parts.setdefault(stream.name, _Part(stream))
            part.places.append(place)
            part.events.append(event)
        return tuple(parts.values())

    def _run(
        self, part: _Part, *, only_look: bool = False
    ) -> tuple[Kept, ...] | Conflict | Full:
        arguments: list[Argument] = [*self._bounds, int(only_look)]
        for event in part.events:
            arguments += (event.digest, event.mark, len(event.fields))
            arguments += (piece for field in event.fields for piece in field)
        call = Call(SCRIPT, part.stream.name, tuple(arguments))
        if only_look:
            return part.read(self._scripts.run(call))
        (answer,), kept = self._scripts.run_confirmed((call,))
        if isinstance(answer, Exception):
            raise answer
        found = part.read(answer)
        if not kept and isinstance(found, tuple):
            raise UnconfirmedError("too few replicas have confirmed it in time")
        return found
