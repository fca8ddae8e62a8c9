"""A whole installation for one test: Redis, the partners' stand-ins, workers."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import redis as redis_library

from sandbox.control.client import SandboxControl
from tests.processes import ledger_servers
from tests.processes.child import Child
from tests.processes.environ import complete, with_room_for_replicas
from tests.processes.failover_within import FailoverWithin
from tests.processes.ledger_servers import (
    LedgerServers,
    OnCluster,
    OneRedis,
    running_ledger,
)
from tests.processes.ledger_view import LedgerView
from tests.processes.waiting import until
from tests.processes.worker import Worker, celery
from tests.redis_servers import RedisServer, binaries
from workers.redis.clients import ledger_client

#: What production has, which is what a worker demands.
PERSISTENT = ("--appendonly", "yes", "--appendfsync", "everysec")
#: A kill of redis-server may lose what `everysec` has not written while a disk is
#: busy; a test that kills it asks for what Redis promises, not for luck.
ALWAYS = ("--appendonly", "yes", "--appendfsync", "always")


@dataclass
class Site:
    """Everything of one test; ends with `running_site`."""

    folder: Path
    servers: LedgerServers
    failover: FailoverWithin
    partners: SandboxControl
    settings: Mapping[str, str]
    things: ExitStack
    ledger: LedgerView
    #: A client of the Redis that has Celery's lists.
    hints: "redis_library.Redis"
    children: dict[str, Child] = field(default_factory=dict)
    _struck: RedisServer | None = None

    @property
    def redis(self) -> RedisServer:
        """The server of the ledger; of several, the first partition's primary.

        One that was killed or frozen stays it until it is back. Its URL is that of all.
        """
        if self._struck is None or not self._struck.is_away:
            self._struck = self.servers.primary()
        return self._struck

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
    on: LedgerServers | None = None,
    **settings: str,
) -> Iterator[Site]:
    """Run Redis and the stand-ins; every order is invoiced at its first poll.

    Args:
        folder: for logs.
        redis: options of redis-server.
        kind: of redis-server, as `binaries` calls it; else the machine's own.
        delay: seconds that each partner takes to answer.
        on: what its ledger is on; without it, what the run has chosen (LEDGER).
        settings: WAYBILL_ settings besides, without that prefix.
    """
    with ExitStack() as things:
        servers = on or things.enter_context(
            running_ledger(ledger_servers.chosen(), binary(kind), folder, redis)
        )
        wanted = on is None and ledger_servers.fails_over()
        failover = FailoverWithin(servers, wanted=wanted)
        things.callback(failover.end)
        partners = things.enter_context(standins(folder, delay))
        given = {f"WAYBILL_{name}": text for name, text in settings.items()}
        environ = complete(servers.url, partners.url) | {**servers.settings, **given}
        environ |= with_room_for_replicas(environ)
        view = things.enter_context(_viewed(servers, failover))
        hints = view.client
        if isinstance(servers, OnCluster):
            hints = things.enter_context(servers.hints.client())
        site = Site(folder, servers, failover, partners, environ, things, view, hints)
        try:
            yield site
        except BaseException as error:
            error.add_note(site.logs())
            with suppress(redis_library.RedisError):
                error.add_note(view.picture())
            raise


@contextmanager
def _viewed(servers: LedgerServers, failover: FailoverWithin) -> Iterator[LedgerView]:
    """Look at the ledger wherever it is; at one Redis, without a second attempt."""
    if isinstance(servers, OneRedis):
        with servers.hints.client() as client:
            yield LedgerView(client)
        return
    with ledger_client(servers.url, 20) as client:
        yield LedgerView(
            client,
            servers.partitions,
            is_apart=isinstance(servers, OnCluster),
            awaited=lambda: failover.awaited,
        )


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
