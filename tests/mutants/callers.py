"""Mistakes that are in no script: of who calls one, and a claim in two steps."""

import pytest

from tasks.destination import Destination
from tasks.ledger_values import Claim, Hint
from workers.ledger import keys
from workers.ledger.claims import Claims
from workers.ledger.gates import Gates, Grant
from workers.ledger.scripts import Call, Scripts
from workers.ledger.stream.reader import Stream

#: The two halves of a claim that is no single script. Neither knows of ended leases.
POP = """local key = due_key(ARGV[1])
local due = redis.call('ZRANGEBYSCORE', key, '-inf', NOW, 'LIMIT', 0, ARGV[2])
for _, ref in ipairs(due) do redis.call('ZREM', key, ref) end
return due"""
LEASE = "return make_leased(ARGV[2], ARGV[1], tonumber(ARGV[3]))"


def claim_in_two_steps(patch: pytest.MonkeyPatch) -> None:
    """Pop, then lease; of the workers that do so, every third dies in between."""
    whole = Claims.claim

    def claim(
        self: Claims, destination: Destination, partition: int, most: int, cap: int
    ) -> Hint:
        scripts, root = self._scripts, keys.prefix(partition)
        name = destination.name
        due = scripts.run(Call("pop", root, (name, max(0, most))))
        # Counted in Redis, so that each walk on an empty one begins anew.
        if due and self._scripts.client.incr("test:pops") % 3 == 0:
            return Hint(name, partition, ())
        lease = self._retention.lease
        claims = [
            Claim(ref.decode(), scripts.run(Call("lease", root, (name, ref, lease))))
            for ref in due
        ]
        ended = whole(self, destination, partition, most - len(claims), cap)
        return Hint(name, partition, (*claims, *ended.claims))

    _teach(patch, pop=POP, lease=LEASE)
    patch.setattr(Claims, "claim", claim)


def _teach(patch: pytest.MonkeyPatch, **texts: str) -> None:
    """Have every world know more scripts, on its own clock."""
    known = Scripts._text

    def text(self: Scripts, name: str) -> str:
        if name not in texts:
            return known(self, name)
        # What all scripts share stands in the sound ones, up to their own comment.
        head = known(self, "hand_back").split("-- Give back")[0]
        return head + texts[name]

    patch.setattr(Scripts, "_text", text)


def gate_not_heeded(patch: pytest.MonkeyPatch) -> None:
    """Release claims whatever the gate answers."""
    patch.setattr(Gates, "ask", lambda _self, _name, calls: Grant(calls, 0.0))


def acknowledged_when_read(patch: pytest.MonkeyPatch) -> None:
    """Entries are acknowledged before they are admitted."""
    read = Stream.read

    def reads(self: Stream, consumer: str, count: int, block_ms: int) -> list[str]:
        ids = read(self, consumer, count, block_ms)
        self.acknowledge(ids)
        return ids

    patch.setattr(Stream, "read", reads)


def trimmed_to_the_newest(patch: pytest.MonkeyPatch) -> None:
    """All that was read is dropped, acknowledged or not."""

    def trim(self: Stream) -> int:
        newest = self._client.xinfo_groups(self._name)[0]["last-delivered-id"]
        return int(self._client.xtrim(self._name, minid=newest, approximate=False))

    patch.setattr(Stream, "trim", trim)
