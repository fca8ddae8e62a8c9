"""The demo's Redis: one of its own, or an empty one that the caller names."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis

from waybill.demo.free_port import free_port
from waybill.demo.patience import DemoError, Patience
from waybill.demo.processes import Child, stop
from waybill.demo.redis_lookup import redis_executable
from workers.redis.address import redis_address
from workers.redis.clients import ledger_client
from workers.redis.failures import connection_failure

NAMED_BY = "WAYBILL_REDIS_URL"
#: Written to disk every second, nothing evicted; no snapshots beside.
_PERSISTENCE = (
    *("--appendonly", "yes", "--appendfsync", "everysec"),
    *("--maxmemory-policy", "noeviction", "--save", ""),
)
_START_SECONDS = 15.0
_CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class RedisPlace:
    """Where the ledger is; `server` is None when it is the caller's own Redis."""

    url: str
    client: "redis.Redis"
    server: Child | None

    @property
    def ours(self) -> bool:
        return self.server is not None


@contextmanager
def redis_place(
    environ: Mapping[str, str], own: Mapping[str, str], folder: Path, waits: Patience
) -> Iterator[RedisPlace]:
    """Use the Redis of WAYBILL_REDIS_URL, or run one for this demo.

    Args:
        environ: the caller's environment.
        own: the environment of the demo's processes.
        folder: takes the server's files.
        waits: whether still to wait.

    Raises:
        DemoError: its URL cannot be read, it does not answer, or holds something.
        NoRedisError: there is none to start.
    """
    named = environ.get(NAMED_BY)
    if named:
        with _named(named) as place:
            yield place
        return
    with _started(own, folder, waits) as place:
        yield place


@contextmanager
def _named(url: str) -> Iterator[RedisPlace]:
    """The caller's; it is emptied afterwards, since it was empty before."""
    way_out = "unset the variable and the demo runs one of its own"
    try:
        redis_address(url)
        with redis.Redis.from_url(url, protocol=2, socket_timeout=5) as probe:
            held = probe.dbsize()
    except ValueError as error:
        raise DemoError(f"{NAMED_BY} {error}; or {way_out}") from error
    except redis.RedisError as error:
        silent = f"does not answer ({type(error).__name__}); start it"
        what = connection_failure(error) or silent
        raise DemoError(f"the Redis of {NAMED_BY} {what}, or {way_out}") from error
    if held:
        raise DemoError(
            f"the database of {NAMED_BY} holds {held} keys; the demo wants an empty"
            " one, since it empties it afterwards: name another, such as /15"
        )
    with ledger_client(url, _CONNECTIONS) as client:
        try:
            yield RedisPlace(url, client, None)
        finally:
            client.flushdb()


@contextmanager
def _started(
    own: Mapping[str, str], folder: Path, waits: Patience
) -> Iterator[RedisPlace]:
    port = free_port()
    place = ("--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder))
    command = (redis_executable(own), *place, *_PERSISTENCE)
    server = Child("redis", command, folder, own)
    url = f"redis://127.0.0.1:{port}/0"
    try:
        _await(server, url, waits)
        with ledger_client(url, _CONNECTIONS) as client:
            yield RedisPlace(url, client, server)
    finally:
        stop([server])


def _await(server: Child, url: str, waits: Patience) -> None:
    with redis.Redis.from_url(url, protocol=2) as client:
        waits.until(lambda: _answers(client) or not server.running, _START_SECONDS)
        if not server.running or not _answers(client):
            raise DemoError(f"redis did not start; its log:\n{server.log_end()}")


def _answers(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
