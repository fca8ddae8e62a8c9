"""The stream with its readers: what was published and is not yet acknowledged."""

from serializers.entry_fields import of_event, payload
from tests.ledger.clock import World

READER = "one"


class Feed:
    """Publishes, hands out and acknowledges, and knows what must still be there."""

    def __init__(self, world: World) -> None:
        self._stream = world.stream
        self._redis = world.redis
        self._stream.make()
        #: The bytes of the entries that nobody has acknowledged.
        self.waiting: dict[str, bytes] = {}
        #: Entries that were handed out together and not yet worked on.
        self.handed: list[list[str]] = []
        self._unread: set[str] = set()

    def publish(self, body: bytes) -> str:
        entry = self._stream.publish(body)
        self._published(entry, body)
        return entry

    def _published(self, entry: str, body: bytes) -> None:
        self.waiting[entry] = body
        self._unread.add(entry)

    def replayed(self, body: bytes) -> None:
        """An event was published anew by somebody else; it must be the newest."""
        ((entry, fields),) = self._redis.xrevrange("orders:events", count=1)
        assert fields[b"event"] == body, "another event was published"
        self._published(entry.decode(), body)

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

    def start(self, ids: list[str]) -> dict[str, bytes]:
        """Begin to work on entries; what there is of them."""
        found = self._stream.start(ids)
        for entry, fields in found.items():
            expected = self.waiting.get(entry)
            wanted = None if expected is None else of_event(expected)
            assert fields == wanted, f"entry {entry} holds {fields!r}, not {wanted!r}"
        return {entry: payload(fields) for entry, fields in found.items() if fields}

    def acknowledge(self, ids: list[str]) -> None:
        self._stream.acknowledge(ids)
        for entry in ids:
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
