"""Registry in Redis of the endpoints that each living worker knows.

Workers that know the same endpoints share one key, named by a digest that is in their
heartbeats; it ends soon after the last of them.
"""

from collections.abc import Collection, Iterable, Sequence

import redis

from serializers.formats.ids import hash_parts
from workers.ledger import keys
from workers.ledger.endpoints.rosters import AT_ONCE, Rosters
from workers.ledger.identity.heartbeats import HOLDS_MS, Alive
from workers.redis.answers import text

#: Ms for which names are kept: longer than the heartbeat that names their key.
KEPT_MS = 5 * HOLDS_MS

#: The digest of no names, for which there is no key.
NONE = "none"


def digest(names: Collection[str]) -> str:
    """A name for a set of endpoints."""
    return hash_parts(*sorted(names)).hex()[:32] if names else NONE


class Membership:
    """Keeps one worker's endpoints in the roster, and where others see what it knows.

    Args:
        client: RESP2, bytes.
        rosters: on that client.
        names: the endpoints of the worker's settings.
    """

    def __init__(
        self, client: "redis.Redis", rosters: Rosters, names: Sequence[str]
    ) -> None:
        self._client = client
        self._rosters = rosters
        self._names = names
        self._key = keys.known_endpoints(digest(names))
        self._joined: tuple[str, ...] | None = None

    def keep(self) -> None:
        """Refresh both; raises redis.RedisError.

        Where the roster is another one than it has seen, the names may be missing.
        """
        pipeline = self._client.pipeline(transaction=False)
        pipeline.pexpire(self._key, KEPT_MS)
        for partition in range(self._rosters.partitions):
            pipeline.get(keys.roster(keys.prefix(partition)))
        is_kept, *versions = pipeline.execute()
        if self._names and not is_kept:
            self._write()
        if tuple(map(text, versions)) != self._joined:
            self._joined = self._rosters.join(self._names)

    def _write(self) -> None:
        pipeline = self._client.pipeline(transaction=True)
        for n in range(0, len(self._names), AT_ONCE):
            pipeline.sadd(self._key, *self._names[n : n + AT_ONCE])
        pipeline.pexpire(self._key, KEPT_MS)
        pipeline.execute()


def unknown(
    client: "redis.Redis",
    workers: Iterable[Alive],
    names: Collection[str],
    own: Collection[str] = (),
) -> list[str]:
    """Those of the names that no living worker knows; raises redis.RedisError.

    A worker whose key is missing for a moment may know any of them.

    Args:
        client: of the ledger.
        workers: that are alive.
        names: that are asked about.
        own: endpoints of the settings of who asks; they stand for a worker of an older
            release, which does not report what it knows, and for one that is to come.
    """
    left, digests = list(names), {one.heartbeat.endpoints for one in workers}
    if not digests or "" in digests:
        left = [name for name in left if name not in own]
    for one in sorted(digests - {"", NONE}):
        left = _not_in(client, keys.known_endpoints(one), left)
    return left


def known_to(client: "redis.Redis", workers: Iterable[Alive]) -> set[str]:
    """Those that living workers report to know; raises redis.RedisError."""
    digests = {one.heartbeat.endpoints for one in workers} - {"", NONE}
    pipeline = client.pipeline(transaction=False)
    for one in sorted(digests):
        pipeline.smembers(keys.known_endpoints(one))
    return {text(name) for some in pipeline.execute() for name in some}


def _not_in(client: "redis.Redis", key: str, names: list[str]) -> list[str]:
    found: list[str] = []
    for n in range(0, len(names), AT_ONCE):
        part = names[n : n + AT_ONCE]
        pipeline = client.pipeline(transaction=True)
        pipeline.exists(key)
        pipeline.smismember(key, part)
        is_there, known = pipeline.execute()
        pairs = zip(part, known, strict=True)
        found += [name for name, knows in pairs if is_there and not knows]
    return found
