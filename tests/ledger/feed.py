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

READER = "one"


class Feed:
    """Publishes, hands out and acknowledges, and knows what must still be there."""

    def __init__(self, world: World) -> None:
        self._stream = world.stream
        self._redis = world.redis
        self._stream.make()
        #: The fields of the entries that nobody has acknowledged.
        self.waiting: dict[str, Fields] = {}
        self._first: dict[bytes, str] = {}
        #: Entries that were handed out together and not yet worked on.
        self.handed: list[list[str]] = []
        self._unread: set[str] = set()

    def publish(self, body: bytes) -> str:
        entry = self._stream.publish(body)
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
        newest: Any = self._redis.xrevrange(self._stream.name, count=1)
        ((entry, fields),) = newest
        assert fields[b"event"] == body, "another event was published"
        added = tuple(fields.items())
        named = self._stream.named(entry.decode())
        first = first_entry(added, named)
        assert first == self._first[body], f"{entry} is dated by {first}"
        self._published(named, added)

    def length(self) -> int:
        return self._stream.length()

    def read(self, *, kept: bool) -> None:
        """Hand out up to two new entries; their hint may be lost."""
        if not self._unread:
            # Redis would wait for the next, as long as its own timer takes.
            return
        ids = self._stream.read(READER, 2, 1)
        assert ids, f"nobody can read {self._unread}"
        assert self._unread >= {*ids}, "an entry comes again as new"
        self._unread -= {*ids}
        self._hand_out(ids, kept=kept)

    def claim_back(self, *, kept: bool) -> None:
        """Hand out again what is pending, as if its lease had ended."""
        overdue = [one.id for one in self._stream.overdue(0, 2)]
        self._hand_out(self._stream.claim_back(READER, overdue, 0), kept=kept)

    def _hand_out(self, ids: list[str], *, kept: bool) -> None:
        if ids and kept:
            self.handed.append(ids)

    def start(self, ids: list[str]) -> dict[str, Fields]:
        """Begin to work on entries; what there is of them."""
        found = self._stream.start(ids)
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
        self._stream.trim()
        there = self._stream.entries([*self.waiting])
        lost = [entry for entry, fields in there.items() if fields is None]
        assert not lost, f"{lost} were dropped before they were acknowledged"

    def rests(self) -> bool:
        """Whether everything was acknowledged; then nothing may be pending."""
        if self.waiting:
            return False
        assert self._stream.pending_count() == 0, "entries are pending for ever"
        return True
