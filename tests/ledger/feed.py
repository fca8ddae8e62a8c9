"""The stream with its readers: what was published and is not yet acknowledged."""

from typing import Any

from serializers.events.entry_fields import (
    Apart,
    Fields,
    Oversized,
    first_entry,
    of_event,
)
from tests.ledger.clock import World
from workers.ledger.stream.reader import Stream

READER = "one"


class Feed:
    """Publishes, hands out and acknowledges, and knows what must still be there."""

    def __init__(self, world: World) -> None:
        self._streams = world.ledger._stream
        self._redis = world.redis
        self._streams.make()
        #: The fields of the entries that nobody has acknowledged.
        self.waiting: dict[str, Fields] = {}
        self._first: dict[bytes, str] = {}
        #: Entries that were handed out together and not yet worked on.
        self.handed: list[list[str]] = []
        self._unread: set[str] = set()

    def publish(self, body: bytes, number: str = "") -> str:
        """Publish where events of an order belong, by its number."""
        entry = self._streams.for_order(number).publish(body)
        self._first[body] = entry
        self._published(entry, of_event(body))
        return entry

    def _published(self, entry: str, fields: Fields) -> None:
        self.waiting[entry] = fields
        self._unread.add(entry)

    def replayed(self, body: bytes) -> None:
        """An event was published anew by somebody else; it must be the newest.

        However often that happens, it is dated by the entry that first held it.
        """
        newest = dict(map(self._newest, self._streams.every))
        found = [one for one in newest.items() if dict(one[1]).get(b"event") == body]
        assert len(found) == 1, "another event was published"
        ((named, added),) = found
        first = first_entry(added, named)
        assert first == self._first[body], f"{named} is dated by {first}"
        self._published(named, added)

    def _newest(self, stream: Stream) -> tuple[str, Fields]:
        newest: Any = self._redis.xrevrange(stream.name, count=1)
        id_, fields = newest[0] if newest else (b"", {})
        return stream.named(id_.decode()), tuple(fields.items())

    def length(self) -> int:
        return sum(one.length() for one in self._streams.every)

    def read(self, *, kept: bool) -> None:
        """Hand out up to two new entries of a stream; their hint may be lost."""
        for stream in self._streams.every:
            unread = {one for one in self._unread if self._streams.of(one) is stream}
            if not unread:
                # Redis would wait for the next, as long as its own timer takes.
                continue
            ids = stream.read(READER, 2, 1)
            assert ids, f"nobody can read {unread}"
            assert unread >= {*ids}, "an entry comes again as new"
            self._unread -= {*ids}
            self._hand_out(ids, kept=kept)

    def claim_back(self, *, kept: bool) -> None:
        """Hand out again what is pending, as if its lease had ended."""
        for stream in self._streams.every:
            overdue = [one.id for one in stream.overdue(0, 2)]
            self._hand_out(stream.claim_back(READER, overdue, 0), kept=kept)

    def _hand_out(self, ids: list[str], *, kept: bool) -> None:
        if ids and kept:
            self.handed.append(ids)

    def start(self, ids: list[str]) -> dict[str, Fields]:
        """Begin to work on entries; what there is of them."""
        found = self._streams.start(ids)
        for entry, fields in found.items():
            wanted = self.waiting.get(entry)
            assert fields == wanted, f"entry {entry} holds {fields!r}, not {wanted!r}"
        return {
            entry: fields
            for entry, fields in found.items()
            if fields and not isinstance(fields, Oversized | Apart)
        }

    def settles(self, entry: str) -> None:
        """An entry's event is durable, and the entry must not come again."""
        self.waiting.pop(entry, None)

    def trim(self) -> None:
        """Drop what all have acknowledged, and nothing else."""
        for stream in self._streams.every:
            stream.trim()
            own = [one for one in self.waiting if self._streams.of(one) is stream]
            there = stream.entries(own)
            lost = [entry for entry, fields in there.items() if fields is None]
            assert not lost, f"{lost} were dropped before they were acknowledged"

    def rests(self) -> bool:
        """Whether everything was acknowledged; then nothing may be pending."""
        if self.waiting:
            return False
        pending = sum(one.pending_count() for one in self._streams.every)
        assert pending == 0, "entries are pending for ever"
        return True
