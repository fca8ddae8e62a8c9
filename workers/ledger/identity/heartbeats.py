"""Heartbeats in Redis: which workers are alive, and what each serves.

Redis holds one hash, `wb:workers`, with a field for every worker; times are Redis' own.
A worker that is killed, frozen or cut off reports nothing more and is not counted once
its report has held for `HOLDS_MS`; one that stops takes its report back at once.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import redis

from workers.ledger import keys
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import text

#: Seconds between two words of one worker.
BEAT_SECONDS = 4.0

#: Ms for which a worker's word holds: three may be missed, and who is dead is known
#: within 15 s.
HOLDS_MS = 14_000

#: Words of one process of which one drops those that hold no longer.
SWEEPS = 8


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a worker reports of itself.

    Attributes:
        name: Celery's name of the node, as `celery@host`.
        host: where it runs.
        pid: its process there.
        version: of Waybill.
        queues: those whose hints it takes.
        intake: whether it reads the stream.
        release: whether it sends hints for what is due.
        health_port: of its health pages, 0 without.
        threads: tasks that it runs at once.
        up_seconds: since it began.
        deployment: that it works for, "" without a name.
        endpoints: the digest of those that it knows, see `endpoints.known`; "" where an
            older release does not show it.
        settings: digests of the parts of its settings, see `workers.settings.digests`.
        names: those of the accounts and the sites that it serves, by kind.
        stuck: what it should do and does not: `intake`, `release` or `queues`; those
            are not named above then.
        layout: version of the ledger's layout that it follows; -1 where an older
            release does not show it.
    """

    name: str
    host: str = ""
    pid: int = 0
    version: str = ""
    queues: tuple[str, ...] = ()
    intake: bool = False
    release: bool = False
    health_port: int = 0
    threads: int = 0
    up_seconds: float = 0.0
    deployment: str = ""
    endpoints: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    stuck: tuple[str, ...] = ()
    layout: int = -1


@dataclass(frozen=True, slots=True)
class Alive:
    """A worker that is alive.

    Attributes:
        token: what names this one process.
        heartbeat: what it last reported.
        seen_ms: UTC ms of that, by Redis' clock.
        quiet_ms: ms since.
    """

    token: str
    heartbeat: Heartbeat
    seen_ms: int = 0
    quiet_ms: int = 0

    @property
    def started_ms(self) -> int:
        """UTC ms at which it began."""
        return self.seen_ms - int(self.heartbeat.up_seconds * 1000)


class Heartbeats:
    """The workers that are alive; every method raises redis.RedisError.

    Args:
        client: RESP2, bytes.
        scripts: on that client; the tests pass some on a clock of their own.
    """

    def __init__(self, client: "redis.Redis", scripts: Scripts | None = None) -> None:
        self._client = client
        self._scripts = scripts or Scripts(client)
        self._beats = 0

    def beat(self, token: str, heartbeat: Heartbeat) -> None:
        """Report that the worker is alive."""
        sweeps, said = int(self._beats % SWEEPS == 0), json.dumps(asdict(heartbeat))
        arguments = (token, HOLDS_MS, said, SWEEPS * HOLDS_MS, sweeps)
        self._scripts.run(Call("heartbeat", keys.WORKERS, arguments))
        self._beats += 1

    def end(self, token: str) -> None:
        """Take the worker's word back: it stops."""
        self._client.hdel(keys.WORKERS, token)

    def alive(self) -> tuple[Alive, ...]:
        """All that are alive, by name."""
        kept: Any = self._client.hgetall(keys.WORKERS)
        seconds, micros = self._client.time()
        now_ms = seconds * 1000 + micros // 1000
        found = _living(kept, now_ms)
        return tuple(sorted(found, key=lambda one: (one.heartbeat.name, one.token)))


def _living(kept: dict[bytes, bytes], now_ms: int) -> Iterator[Alive]:
    for token, word in kept.items():
        ms, _, heartbeat = text(word).partition(" ")
        seen_ms = int(ms)
        quiet_ms = now_ms - seen_ms
        # Further ahead it was reported before Redis' clock was set back.
        if abs(quiet_ms) <= HOLDS_MS:
            yield Alive(text(token), _heartbeat(heartbeat), seen_ms, max(0, quiet_ms))


def _heartbeat(heartbeat: str) -> Heartbeat:
    """A worker's word; what a newer release adds to it is left out."""
    known = {one.name for one in fields(Heartbeat)}
    given: dict[str, Any] = json.loads(heartbeat)
    found = {name: value for name, value in given.items() if name in known}
    for name in ("queues", "stuck"):
        found[name] = tuple(found.get(name, ()))
    return Heartbeat(**found)
