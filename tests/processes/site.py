"""A whole installation for one test: Redis, the partners' stand-ins, workers."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.control import SandboxControl
from sandbox.settings import SandboxSettings
from tests.processes.child import Child
from tests.processes.ledger_view import LedgerView
from tests.processes.waiting import until
from tests.redis_servers import RedisServer, binaries, running

RECEIVER = "acme"
PARTNERS = SandboxSettings()
#: What production has, which is what a worker demands.
PERSISTENT = ("--appendonly", "yes", "--appendfsync", "everysec")
#: A kill of redis-server may lose what `everysec` has not written while a disk is
#: busy; a test that kills it asks for what Redis promises, not for luck.
ALWAYS = ("--appendonly", "yes", "--appendfsync", "always")

#: With short leases a busy machine hands an event of a long backlog out often.
PATIENT = "100"


class Worker(Child):
    """One Celery worker of the product."""

    def started(self) -> "Worker":
        """Wait until it consumes."""
        until("a worker is ready", lambda: self._consumes or not self.running)
        assert self.running, "the worker ended at its start"
        return self

    @property
    def _consumes(self) -> bool:
        return " ready." in self.said()

    @property
    def health_port(self) -> int:
        return until("it tells its health port", lambda: _port(self.said()))


def _port(said: str) -> int:
    found = re.search(r'"port": ?(\d+)', said)
    return int(found[1]) if found else 0


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
        ends = {name: child.said()[-3000:] for name, child in self.children.items()}
        return "\n".join(f"--- {name}\n{end}" for name, end in ends.items())


def celery(app: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "celery", "-A", app)


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
        line = until("the stand-ins listen", lambda: child.said().strip())
        yield SandboxControl(line.split()[-1])
    finally:
        child.end()


def complete(redis_url: str, partners: str) -> dict[str, str]:
    """Settings that want nothing, with short leases and pauses."""
    endpoint = {
        "mode": "direct",
        "target_url": f"{partners}/receivers/{RECEIVER}",
        "secrets": list(PARTNERS.receiver_secrets[RECEIVER]),
    }
    pauses = json.dumps([0.5] * 12)
    return {
        "WAYBILL_REDIS_URL": redis_url,
        "WAYBILL_LEASE": "6",
        "WAYBILL_DEADLINE": "4",
        "WAYBILL_WESTCON__BASE_URL": f"{partners}/westcon",
        "WAYBILL_WESTCON__TOKEN_URL": f"{partners}/microsoft/tests/oauth2/token",
        "WAYBILL_WESTCON__CLIENT_ID": PARTNERS.westcon_client_id,
        "WAYBILL_WESTCON__CLIENT_SECRET": PARTNERS.westcon_client_secret,
        "WAYBILL_WESTCON__SUBSCRIPTION_KEY": PARTNERS.westcon_subscription_key,
        "WAYBILL_WESTCON__PARTNER_KEY": PARTNERS.westcon_partner_key,
        "WAYBILL_WESTCON__RETRY_PAUSES": pauses,
        "WAYBILL_DECK__BASE_URL": f"{partners}/deck",
        "WAYBILL_DECK__SITE_CODE": PARTNERS.deck_site_code,
        "WAYBILL_DECK__API_KEY": PARTNERS.deck_api_key,
        "WAYBILL_DECK__RETRY_PAUSES": pauses,
        "WAYBILL_INGRAM__ALLOWED_NETWORKS": '["127.0.0.0/8"]',
        "WAYBILL_INGRAM__ENDPOINTS": json.dumps({RECEIVER: endpoint}),
        "WAYBILL_INGRAM__RETRY_PAUSES": pauses,
    }
