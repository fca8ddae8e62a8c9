"""View of the ledger from outside: when to strike, and when all is quiet."""

import redis

from workers.dispatch.queues import QUEUES
from workers.ledger.watch_hashes import hashes
from workers.redis.answers import octets, text

ROOT = "{wb:0}:"

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
    """The only partition of a ledger, read from outside.

    Args:
        client: RESP2, bytes.
    """

    def __init__(self, client: "redis.Redis") -> None:
        self.client = client

    def count(self, name: str) -> int:
        return int(self.client.hget(f"{ROOT}counts", name) or 0)

    @property
    def ambiguous(self) -> int:
        return self.count("ambiguous")

    def field(self, ref: str, name: str) -> str:
        kept = hashes(self.client, ROOT, [ref])
        return text(self.client.hget(kept[ref], name))

    def refs(self, kind: str) -> list[str]:
        """The refs in every `due` or `leased` set."""
        found: list[str] = []
        for key in self.client.scan_iter(f"{ROOT}{kind}:*", count=1000):
            found += self._members(text(key))
        return found

    def sending(self, prefix: str = "") -> list[str]:
        """The refs whose attempt is under way, or was when its worker died."""
        held = [ref for ref in self.refs("leased") if ref.startswith(prefix)]
        kept = hashes(self.client, ROOT, held)
        pipeline = self.client.pipeline(transaction=False)
        for ref in held:
            pipeline.hget(kept[ref], "state")
        states = pipeline.execute()
        return [r for r, s in zip(held, states, strict=True) if s == b"sending"]

    def picture(self) -> str:
        """All that is left to do, for a test that failed."""
        found = [f"at {self.client.time()}"]
        for key in sorted(self.client.scan_iter(f"{ROOT}*:*", count=1000)):
            if self.client.type(key) == b"zset":
                first = self.client.zrange(key, 0, 4, withscores=True)
                found.append(f"{text(key)} {self.client.zcard(key)} {first}")
        counts = self.client.hgetall(f"{ROOT}counts")
        names = self.client.keys("orders:events")
        stream = [self.client.xinfo_groups(name) for name in names]
        queues = {name: self.client.llen(name) for name in QUEUES}
        return "\n".join([*found, f"{counts}", f"{stream}", f"{queues}"])

    def letters(self) -> dict[str, tuple[bytes, str]]:
        """The dead letters by ref: their bytes and why."""
        return {
            ref: (
                octets(self.client.hget(ROOT + ref, "payload")),
                self.field(ref, "why"),
            )
            for ref in self._members(f"{ROOT}dead")
        }

    def _members(self, key: str) -> list[str]:
        return [text(ref) for ref in self.client.zrange(key, 0, -1)]

    @property
    def quiet(self) -> bool:
        """Whether no event, no watch and no delivery waits for anything."""
        group = self.client.xinfo_groups("orders:events")[0]
        unread = group["last-delivered-id"] != self._last_entry()
        if group["pending"] or unread:
            return False
        return not self.client.eval(ITEMS, 0, ROOT)

    def _last_entry(self) -> bytes:
        info = self.client.xinfo_stream("orders:events")
        last: bytes = info["last-generated-id"]
        return last
