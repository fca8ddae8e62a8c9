"""View of the ledger from outside: when to strike, and when all is quiet."""

from collections import defaultdict
from collections.abc import Callable

import redis

from workers.dispatch.queues import QUEUES
from workers.ledger import keys
from workers.ledger.stream.streams import Names
from workers.ledger.watch_hashes import hashes
from workers.redis.answers import octets, text

#: How many items wait or are worked on, in one moment: between two reads one may move
#: from the sets that were read last to those that were read first.
ITEMS = """
local found = 0
for _, kind in ipairs({'due', 'leased'}) do
  for _, key in ipairs(redis.call('KEYS', ARGV[1] .. kind .. ':*')) do
    found = found + redis.call('ZCARD', key)
  end
end
return found
"""


class LedgerView:
    """The partitions of a ledger, read from outside.

    Args:
        client: RESP2, bytes.
        partitions: of the ledger.
        is_apart: whether each has a stream, as on a Cluster; else one is of all.
        awaited: whether something is still to come before anything is quiet.
    """

    def __init__(
        self,
        client: "redis.Redis",
        partitions: int = 1,
        *,
        is_apart: bool = False,
        awaited: Callable[[], bool] = lambda: False,
    ) -> None:
        self.client = client
        self._awaited = awaited
        self._roots = [keys.prefix(n) for n in range(partitions)]
        names = Names("orders:events", "waybill", partitions, is_apart)
        self.streams = [name for name, _ in names.every()][-partitions:]

    def count(self, name: str) -> int:
        found = (self.client.hget(keys.counts(root), name) for root in self._roots)
        return sum(int(one or 0) for one in found)

    @property
    def ambiguous(self) -> int:
        return self.count("ambiguous")

    def field(self, ref: str, name: str) -> str:
        return next(
            (found for root in self._roots if (found := self._field(root, ref, name))),
            "",
        )

    def _field(self, root: str, ref: str, name: str) -> str:
        kept = hashes(self.client, root, [ref])
        return text(self.client.hget(kept[ref], name))

    def refs(self, kind: str) -> list[str]:
        """The refs in every `due` or `leased` set."""
        return [ref for refs in self._by_root(kind).values() for ref in refs]

    def _by_root(self, kind: str) -> dict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for key in self.client.scan_iter(f"{{wb:*}}:{kind}:*", count=1000):
            root = text(key).partition(":" + kind)[0] + ":"
            found[root] += self._members(text(key))
        return found

    def waiting(self, destination: str) -> int:
        """How many items wait for a destination, or for their moment."""
        every = (self.client.zcard(keys.due(root, destination)) for root in self._roots)
        return sum(map(int, every))

    def due_ms(self, destination: str, ref: str) -> float | None:
        """When an item is due there, UTC ms."""
        every = (
            self.client.zscore(keys.due(root, destination), ref) for root in self._roots
        )
        return next((float(one) for one in every if one is not None), None)

    def dead(self) -> int:
        """How many dead letters there are."""
        return sum(int(self.client.zcard(keys.dead(root))) for root in self._roots)

    def sending(self, prefix: str = "") -> list[str]:
        """The refs whose attempt is under way, or was when its worker died."""
        return [ref for ref, _ in self._begun(prefix)]

    def runs(self) -> list[str]:
        """What each attempt that is under way calls itself."""
        return [run for _, run in self._begun("") if run]

    def _begun(self, prefix: str) -> list[tuple[str, str]]:
        places: list[tuple[str, str]] = []
        for root, held in self._by_root("leased").items():
            wanted = [ref for ref in held if ref.startswith(prefix)]
            places += hashes(self.client, root, wanted).items()
        pipeline = self.client.pipeline(transaction=False)
        for _, place in places:
            pipeline.hmget(place, "state", "run")
        found = zip(places, pipeline.execute(), strict=True)
        return [(r, text(run)) for (r, _), (state, run) in found if state == b"sending"]

    def newest(self) -> list[bytes]:
        """The last entry that was ever added to each stream."""
        every = map(self.client.xinfo_stream, self.streams)
        return [octets(one["last-generated-id"]) for one in every]

    def picture(self) -> str:
        """All that is left to do, for a test that failed."""
        found = [f"at {self.client.time()}"]
        for key in sorted(self.client.scan_iter("{wb:*}:*", count=1000)):
            if self.client.type(key) == b"zset":
                first = self.client.zrange(key, 0, 4, withscores=True)
                found.append(f"{text(key)} {self.client.zcard(key)} {first}")
        counts = [self.client.hgetall(keys.counts(root)) for root in self._roots]
        made = [name for name in self.streams if self.client.exists(name)]
        groups = [self.client.xinfo_groups(name) for name in made]
        queues = {name: self.client.llen(name) for name in QUEUES}
        return "\n".join([*found, f"{counts}", f"{groups}", f"{queues}"])

    def letters(self) -> dict[str, tuple[bytes, str]]:
        """The dead letters by ref: their bytes and why."""
        return {
            ref: (
                octets(self.client.hget(root + ref, "payload")),
                self._field(root, ref, "why"),
            )
            for root in self._roots
            for ref in self._members(keys.dead(root))
        }

    def _members(self, key: str) -> list[str]:
        return [text(ref) for ref in self.client.zrange(key, 0, -1)]

    @property
    def quiet(self) -> bool:
        """Whether no event, no watch and no delivery waits for anything."""
        if self._awaited() or any(map(self._has_unsettled, self.streams)):
            return False
        return not any(self.client.eval(ITEMS, 1, root, root) for root in self._roots)

    def _has_unsettled(self, stream: str) -> bool:
        if not self.client.exists(stream):
            return False
        group = self.client.xinfo_groups(stream)[0]
        info = self.client.xinfo_stream(stream)
        unread = group["last-delivered-id"] != info["last-generated-id"]
        return bool(group["pending"] or unread)
