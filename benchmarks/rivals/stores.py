"""The stores of the rivals: started on a free port, killed, and started again."""

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import redis

from benchmarks import redis_server
from benchmarks.processes import Child
from benchmarks.rivals.install import postgresql, restate_server
from benchmarks.rivals.roster import Store

#: Seconds until a store must answer, also after it was killed.
PATIENCE = 60.0
#: The user whom PostgreSQL's server runs as when root starts it, which it refuses.
POSTGRES = "postgres"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a store is started.

    Attributes:
        command: the server.
        url: what its clients are given.
        answers: whether it takes work now.
        environment: its settings, where they are no arguments.
        clients: what its clients are given besides.
    """

    command: tuple[str, ...]
    url: str
    answers: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    clients: Mapping[str, str] = field(default_factory=dict)


class StoreServer:
    """A store's server, with its files in a folder that outlives a kill."""

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        self.url = recipe.url
        self.clients = recipe.clients
        self._recipe = recipe
        self._folder = folder
        self._starts = 0
        self.start()

    @property
    def pid(self) -> int:
        return self._child.pid

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            RuntimeError: it does not.
        """
        self._starts += 1
        ends = time.monotonic() + PATIENCE
        self._child = self._started()
        while not self._recipe.answers():
            if time.monotonic() > ends:
                log = self._child.log_end()
                raise RuntimeError(f"the store does not answer; its log ends:\n{log}")
            if not self._child.running:
                # What a kill has left behind may hold its port or memory a moment.
                self._child.stop()
                time.sleep(0.1)
                self._child = self._started()
            time.sleep(0.05)

    def kill(self) -> None:
        self._child.kill()

    def stop(self) -> None:
        self._child.stop()

    def cpu_seconds(self) -> float:
        return self._child.cpu_seconds()

    def _started(self) -> Child:
        log = self._folder / f"store-{self._starts}.log"
        return Child(self._recipe.command, log, self._recipe.environment)


def recipe(store: Store, folder: Path) -> Recipe:
    """How to start a new store that keeps its files in the folder.

    Raises:
        NotInstalled: there is no such server.
    """
    match store:
        case Store.REDIS:
            return _redis(folder)
        case Store.POSTGRESQL:
            return _postgresql(folder / "postgresql")
        case Store.RESTATE:
            return _restate(folder)


def _redis(folder: Path) -> Recipe:
    port = free_port()
    options = f"--port {port} --bind 127.0.0.1 --dir {folder} --save"
    persistence = redis_server.PERSISTENCE.split(" ")
    url = f"redis://127.0.0.1:{port}/0"
    command = (redis_server.executable(), *options.split(" "), "", *persistence)
    return Recipe(command, url, lambda: _pings(url))


def _pings(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        # While it reads its file it answers with an error.
        return False


def _postgresql(folder: Path) -> Recipe:
    """As Debian ships it: every commit is on the disk before it is answered."""
    port = str(free_port())
    folder.mkdir()
    become = _as_postgres(folder)
    initdb = [str(postgresql("initdb")), "-D", str(folder), "-U", POSTGRES]
    quiet = ["--auth=trust", "--no-instructions", "--encoding=UTF8", "--locale=C"]
    subprocess.run([*become, *initdb, *quiet], check=True, capture_output=True)
    server = (str(postgresql("postgres")), "-D", str(folder), "-p", port)
    listens = ("-h", "127.0.0.1", "-c", "unix_socket_directories=")
    asks = [str(postgresql("pg_isready")), "-q", "-h", "127.0.0.1", "-p", port]
    return Recipe(
        (*become, *server, *listens),
        f"postgresql://{POSTGRES}@127.0.0.1:{port}/postgres",
        lambda: subprocess.run(asks, check=False).returncode == 0,
    )


def _as_postgres(folder: Path) -> tuple[str, ...]:
    """What goes before a command of PostgreSQL's that root must not run."""
    if os.geteuid() != 0:
        return ()
    shutil.chown(folder, POSTGRES, POSTGRES)
    folder.parent.chmod(0o711)
    return ("setpriv", f"--reuid={POSTGRES}", f"--regid={POSTGRES}", "--clear-groups")


def _restate(folder: Path) -> Recipe:
    ingress, admin, node, service = (free_port() for _ in range(4))
    settings = {
        "RESTATE_NODE_NAME": "bench",
        "RESTATE_BIND_IP": "127.0.0.1",
        "RESTATE_BIND_PORT": str(node),
        "RESTATE_LISTEN_MODE": "tcp",
        "RESTATE_INGRESS__BIND_PORT": str(ingress),
        "RESTATE_ADMIN__BIND_PORT": str(admin),
        "RESTATE_BASE_DIR": str(folder / "restate"),
        "RESTATE_DISABLE_TELEMETRY": "true",
        "RESTATE_LOG_FILTER": "warn",
        "DO_NOT_TRACK": "1",
    }
    urls = f"http://127.0.0.1:{ingress}", f"http://127.0.0.1:{admin}"
    clients = {"RIVAL_ADMIN_URL": urls[1], "RIVAL_SERVICE_PORT": str(service)}

    def answers() -> bool:
        return _healthy(f"{urls[0]}/restate/health") and _healthy(f"{urls[1]}/health")

    command = (str(restate_server()), "--no-logo")
    return Recipe(command, urls[0], answers, settings, clients)


def _healthy(url: str) -> bool:
    try:
        # Any other status than a success is raised.
        urllib.request.urlopen(url, timeout=2.0).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
