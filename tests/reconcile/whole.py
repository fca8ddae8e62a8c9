"""A whole run: ledger, stand-ins and files with discrepancies, the command, workers."""

import json
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from sandbox.server import Sandbox
from tests.processes.child import ROOT, inherited
from tests.processes.environ import PARTNERS, complete
from tests.processes.forked import WAYBILL
from tests.processes.ledger_view import LedgerView
from tests.processes.site import PERSISTENT, binary
from tests.processes.waiting import until
from tests.processes.worker import Worker, celery
from tests.reconcile import inject
from tests.reconcile.fill import ENDPOINTS, Filler
from tests.reconcile.seeds import Seed
from tests.redis_servers import RedisServer, running
from workers.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended; its memory is in MiB, its time in seconds."""

    code: int
    out: str
    err: str
    memory: float
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Whole:
    """All of it."""

    folder: Path
    redis: RedisServer
    sandbox: Sandbox
    environ: dict[str, str]
    seeds: Sequence[Seed]
    filler: Filler

    def compared(self, *more: str) -> Ran:
        """Run the comparison of all five books."""
        books = [f"--erp={self.folder / 'erp.csv'}", "--westcon", "--deck"]
        books += [f"--receiver={one}={self._book(one)}" for one in ENDPOINTS]
        options = ("--grace", "0", "--yes", "--json", "--share", "1")
        return self.run("reconcile", *books, *options, *more)

    def _book(self, endpoint: str) -> Path:
        path = self.folder / f"{endpoint}.csv"
        further = self.sandbox.applied(endpoint)
        rows = inject.receivers_book(endpoint, self.filler.told, self.seeds, further)
        with path.open("w") as file:
            file.writelines(rows)
        return path

    def run(self, *arguments: str) -> Ran:
        """Run the command as a process, and measure it."""
        out, err = self.folder / "out", self.folder / "err"
        begun = time.monotonic()
        with out.open("w") as output, err.open("w") as errors:
            process = subprocess.Popen(
                [WAYBILL, *arguments],
                cwd=ROOT,
                env={**inherited(), **self.environ},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
            )
            memory = 0.0
            while process.poll() is None:
                memory = max(memory, _most_memory(process.pid))
                time.sleep(0.02)
        seconds = time.monotonic() - begun
        code, printed, errors_ = process.returncode, out.read_text(), err.read_text()
        return Ran(code, printed, errors_, memory, seconds)

    @contextmanager
    def working(self) -> Iterator[LedgerView]:
        """Have a worker do what is due, until all of it is done."""
        command = (*celery("workers"), "worker", "-P", "threads", "-c", "16")
        quiet = ("--without-gossip", "--without-mingle", "-n", "one@%h")
        worker = Worker((*command, *quiet), self.folder / "worker.log", self.environ)
        try:
            with self.redis.client() as client:
                worker.started()
                view = LedgerView(client)
                yield view
                until("all is done", lambda: _is_done(view), 600)
        except BaseException as error:
            error.add_note(worker.output()[-4000:])
            raise
        finally:
            worker.end()


def _most_memory(pid: int) -> float:
    """The most MiB that a process has had so far, 0 where it has just ended.

    What `wait4` answers is no measure: it begins with the memory of who forked it.
    """
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text("ascii")
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0
    return 0.0


def _is_done(view: LedgerView) -> bool:
    """Whether nothing waits but looks that are far away."""
    now_ms = int(time.time() * 1000)
    client = view.client
    pending = client.xpending("orders:events", "waybill")["pending"]
    group = client.xinfo_groups("orders:events")[0]
    last = client.xinfo_stream("orders:events")["last-generated-id"]
    if pending or group["last-delivered-id"] != last or view.refs("leased"):
        return False
    soon = (
        client.zcount(key, 0, now_ms + 2_000)
        for key in client.scan_iter("{wb:0}:due:*", count=1000)
    )
    return not any(soon)


@contextmanager
def whole(folder: Path, seeds: Sequence[Seed]) -> Iterator[Whole]:
    """Seed all books with these orders."""
    with running(binary(""), *PERSISTENT) as server, Sandbox() as sandbox:
        environ = complete(server.url, sandbox.url)
        known = json.loads(environ["WAYBILL_INGRAM__ENDPOINTS"])
        known["globex"] = {
            **known["acme"],
            "target_url": f"{sandbox.url}/receivers/globex",
            "secrets": list(PARTNERS.receiver_secrets["globex"]),
        }
        environ |= {
            "WAYBILL_INGRAM__ENDPOINTS": json.dumps(known),
            "WAYBILL_WESTCON__SHIPMENT_DETAIL": "false",
            "WAYBILL_WESTCON__POLL_MIN": "3600",
            "XDG_STATE_HOME": str(folder / "state"),
        }
        # A machine that is busy for minutes is no fault.
        with redis.Redis.from_url(server.url, socket_timeout=None) as client:
            filler = Filler(client, Settings.load(environ))
            filler.fill(seeds)
            inject.into_ledger(filler, seeds)
            inject.into_partners(sandbox, seeds)
            erp = folder / "erp.csv"
            time.sleep(0.01)
            with erp.open("w") as file:
                file.writelines(inject.erp_book(seeds))
            yield Whole(folder, server, sandbox, environ, seeds, filler)
