"""Read-only view of the audit chains."""

from collections.abc import Container, Iterator
from contextlib import suppress
from typing import Final

import redis

from serializers.audit.chain import Head
from serializers.audit.entry import AuditEntry, decode
from serializers.errors import DecodeError
from workers.ledger import keys
from workers.ledger.audit.keys import CHAINS, Chain, root_of
from workers.redis.answers import number, octets, text

#: Entries that are read in one round trip.
AT_ONCE: Final = 500


class AuditReader:
    """The chains of all partitions, and on a Cluster those of keys beside them.

    Every method raises redis.RedisError.
    """

    def __init__(self, client: "redis.Redis", partitions: int = 1) -> None:
        self._client = client
        self._partitions = partitions

    def chains(self) -> list[Chain]:
        """All that there are."""
        beside = map(text, self._client.smembers(CHAINS))
        return [*range(self._partitions), *sorted(beside)]

    def head(self, chain: Chain) -> Head:
        """How far a chain has come."""
        found = text(self._client.get(keys.audit_head(root_of(chain))))
        n, _, link = found.partition(" ")
        return Head(number(n), link) if link else Head()

    def entries(self, chain: Chain, last: int | None = None) -> Iterator[bytes]:
        """The entries as they are kept, the oldest first; if wanted, the last alone.

        One that comes meanwhile is among them.
        """
        key = keys.audit(root_of(chain))
        at = 0 if last is None else max(0, self._client.llen(key) - last)
        yield from self._from(key, at)

    def last_act(
        self, target: str, what: Container[str], last: int
    ) -> AuditEntry | None:
        """The last of these acts on it among the newest entries, None without any."""
        found = None
        for chain in self.chains():
            for raw in self.entries(chain, last):
                with suppress(DecodeError):
                    one = decode(raw)
                    is_meant = one.stated("target") == target
                    if is_meant and one.stated("what") in what:
                        found = max(one, found or one, key=lambda act: act.at_ms)
        return found

    def whole(self, chain: Chain) -> tuple[list[bytes], Head]:
        """A chain and its head, of one moment."""
        key, found = keys.audit(root_of(chain)), list[bytes]()
        while True:
            found += self._from(key, len(found))
            head = self.head(chain)
            # What has come in between is read, too.
            if head.n <= len(found) or not self._client.lrange(
                key, len(found), len(found)
            ):
                return found, head

    def _from(self, key: str, at: int) -> Iterator[bytes]:
        while page := self._client.lrange(key, at, at + AT_ONCE - 1):
            yield from map(octets, page)
            at += len(page)
