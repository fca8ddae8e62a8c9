"""Process set of the demo: Redis, stand-ins, two workers and Flower."""

import base64
import http.client
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.control.client import SandboxControl
from waybill.demo import environment
from waybill.demo.processes import Child, DemoError, Patience, free_port, stop
from waybill.demo.redis_server import RedisPlace, redis_place
from workers.settings.settings import Settings
from workers.wiring.ledger import LedgerParts, ledger_parts

USER = "demo"
_SECONDS = 2.0
_OK = 200


@dataclass(frozen=True, slots=True)
class Flower:
    """One Flower on the loopback, behind a password of this run."""

    port: int
    password: str = field(repr=False)

    @classmethod
    def on_a_free_port(cls) -> "Flower":
        """Choose port and password; nothing is started."""
        return cls(free_port(), secrets.token_urlsafe(12))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def command(self) -> tuple[str, ...]:
        options = (f"--port={self.port}", "--address=127.0.0.1")
        return ("celery", "-A", "workers", "flower", *options)

    @property
    def variables(self) -> Mapping[str, str]:
        # Not an option of the command: others on the machine can read those.
        return {"FLOWER_BASIC_AUTH": f"{USER}:{self.password}"}

    def answers(self) -> bool:
        """Whether its first page opens with the password, and not without."""
        credentials = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        try:
            opened = self._status({"Authorization": f"Basic {credentials}"})
            return opened == _OK and self._status({}) != _OK
        except OSError:
            return False

    def _status(self, headers: Mapping[str, str]) -> int:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=_SECONDS
        )
        try:
            connection.request("GET", "/workers", headers=dict(headers))
            return connection.getresponse().status
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class Console:
    """Where the web console is, and the password of `USER`, of this run."""

    url: str
    password: str = field(repr=False)


#: What the workers are called.
WORKERS = ("first", "second")
THREADS = 8
_START_SECONDS = 30.0
_LISTENS = "sandbox listening on "


@dataclass(frozen=True, slots=True)
class Stage:
    """What runs, and how to reach it.

    Attributes:
        settings: the environment of a worker.
        children: every process; each must run until the end.
    """

    redis: RedisPlace
    control: SandboxControl
    ledger: LedgerParts
    flower: Flower
    settings: Mapping[str, str]
    children: tuple[Child, ...]

    def check_running(self) -> None:
        """Go on; raises DemoError when a process has ended."""
        for child in self.children:
            if not child.running:
                raise DemoError(f"{child.name} ended; its log:\n{child.log_end()}")


@contextmanager
def stage(environ: Mapping[str, str], folder: Path, waits: Patience) -> Iterator[Stage]:
    """Start it all on free ports of the loopback; end it all afterwards.

    Args:
        environ: the caller's environment.
        folder: takes the logs and Redis' files.
        waits: how long to wait, and whether still to.

    Raises:
        DemoError: something did not start.
        NoRedisError: there is no Redis to start.
        InterruptedDemoError: the user asked for the end.
    """
    own = environment.inherited(environ)
    with redis_place(environ, own, folder, waits) as redis:
        started: list[Child] = []
        try:
            yield _set_up(redis, own, folder, waits, started)
        finally:
            stop(started[1:])
            # The stand-ins last: a worker finishes what is in flight to them.
            stop(started[:1])


def _set_up(
    redis: RedisPlace,
    own: Mapping[str, str],
    folder: Path,
    waits: Patience,
    started: list[Child],
) -> Stage:
    """Start one after the other what needs the other's address."""
    python = (sys.executable, "-m")
    sandbox = Child("stand-ins", (*python, "sandbox", "--port", "0"), folder, own)
    started.append(sandbox)
    url = line_with(sandbox, _LISTENS, waits).partition(_LISTENS)[2]
    settings = environment.settings(redis.url, url, volatile=not redis.ours)
    for name in WORKERS:
        options = ("-P", "threads", "-c", str(THREADS), "-n", f"{name}@waybill")
        command = (*python, "celery", "-A", "workers", "worker", *options)
        child = Child(f"worker-{name}", command, folder, {**own, **settings})
        started.append(child)
    flower = Flower.on_a_free_port()
    variables = {**own, **settings, **flower.variables}
    started.append(Child("flower", (*python, *flower.command), folder, variables))
    for worker in started[1:-1]:
        line_with(worker, " ready.", waits)
    servers = () if redis.server is None else (redis.server,)
    return Stage(
        redis=redis,
        control=SandboxControl(url),
        ledger=ledger_parts(Settings.load(settings), redis.client),
        flower=flower,
        settings=settings,
        children=(*servers, *started),
    )


def line_with(child: Child, text: str, waits: Patience) -> str:
    """Wait for a line; raises DemoError when it does not come."""
    waits.until(lambda: child.line_with(text) or not child.running, _START_SECONDS)
    line = child.line_with(text)
    if line is None:
        raise DemoError(f"{child.name} did not start; its log:\n{child.log_end()}")
    return line
