"""A whole installation for one test: Redis, the partners' stand-ins, workers."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import redis as redis_library

from sandbox.control.client import SandboxControl
from tests.processes.child import Child
from tests.processes.environ import complete
from tests.processes.ledger_view import LedgerView
from tests.processes.waiting import until
from tests.processes.worker import Worker, celery
from tests.redis_servers import RedisServer, binaries, running

#: What production has, which is what a worker demands.
PERSISTENT = ("--appendonly", "yes", "--appendfsync", "everysec")
#: A kill of redis-server may lose what `everysec` has not written while a disk is
#: busy; a test that kills it asks for what Redis promises, not for luck.
ALWAYS = ("--appendonly", "yes", "--appendfsync", "always")


@dataclass
class Site:
    """Everything of one test; ends with `running_site`."""

    folder: Path
    redis: RedisServer
    partners: SandboxControl
    settings: Mapping[str, str]
    things: ExitStack
    ledger: LedgerView
    children: dict[str, Child] = field(default_factory=dict)

    def worker(self, name: str, *options: str, app: str = "workers") -> Worker:
        """Start a worker; a name may come again after its first bearer's end."""
        named = ("-n", f"{name}@%h", "-c", "8", *options)
        quiet = ("--without-gossip", "--without-mingle")
        command = (*celery(app), "worker", "-P", "threads", *named, *quiet)
        log = self.folder / f"{name}-{len(self.children)}.log"
        worker = Worker(command, log, self.settings)
        self._keep(log.stem, worker)
        return worker

    def child(self, name: str, *command: str, **settings: str) -> Child:
        """Start something else, with these settings only."""
        child = Child(command, self.folder / f"{name}.log", settings)
        self._keep(name, child)
        return child

    def _keep(self, name: str, child: Child) -> None:
        self.children[name] = child
        self.things.callback(child.end)

    def logs(self) -> str:
        """The end of every child's log, for a test that failed."""
        return "\n".join(
            f"--- {name}, {'runs' if child.running else 'has ended'}\n"
            f"{child.output()[-3000:]}"
            for name, child in self.children.items()
        )


@contextmanager
def running_site(
    folder: Path,
    *,
    redis: tuple[str, ...] = PERSISTENT,
    kind: str = "",
    delay: float = 0.0,
    **settings: str,
) -> Iterator[Site]:
    """Run Redis and the stand-ins; every order is invoiced at its first poll.

    Args:
        folder: for logs.
        redis: options of redis-server.
        kind: of redis-server, as `binaries` calls it; else the machine's own.
        delay: seconds that each partner takes to answer.
        settings: WAYBILL_ settings besides, without that prefix.
    """
    with ExitStack() as things:
        server = things.enter_context(running(binary(kind), *redis))
        partners = things.enter_context(standins(folder, delay))
        given = {f"WAYBILL_{name}": text for name, text in settings.items()}
        environ = complete(server.url, partners.url) | given
        view = LedgerView(things.enter_context(server.client()))
        site = Site(folder, server, partners, environ, things, view)
        try:
            yield site
        except BaseException as error:
            error.add_note(site.logs())
            with suppress(redis_library.RedisError):
                error.add_note(view.picture())
            raise


def binary(kind: str) -> str:
    """The server of this kind, else the machine's own, else the bundled one."""
    found = binaries()
    return found.get(kind) or list(found.values())[-1]


@contextmanager
def standins(folder: Path, delay: float) -> Iterator[SandboxControl]:
    options = ("--port", "0", "--auto", "INV", "--delay", str(delay))
    command = (sys.executable, "-m", "sandbox", *options)
    child = Child(command, folder / "sandbox.log", {})
    try:
        line = until("the stand-ins listen", lambda: child.output().strip())
        yield SandboxControl(line.split()[-1])
    finally:
        child.end()
