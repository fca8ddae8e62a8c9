"""What endpoints cost that have nothing to do."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import redis

from benchmarks import feed, redis_server, standins
from benchmarks.contenders import receiver_secret, waybill_contender
from benchmarks.options import Options
from benchmarks.processes import ROOT, Child, inherited
from benchmarks.report import Report
from benchmarks.table import table

#: Endpoints of the settings, and how many of them the orders name.
CASES = ((10, 10), (1_000, 10), (10_000, 10), (10_000, 10_000))
#: Endpoints that one order names.
NAMED = 2
#: Orders before the measured ones.
WARM_UP = 100
#: Milliseconds from which on Redis writes a script down.
SLOW_MS = 1
#: Milliseconds that no script is to take.
LONG_MS = 10
#: Seconds for all orders of one case.
PATIENCE = 600.0
MEBIBYTE = 1 << 20
HEADS = (
    "endpoints",
    "busy",
    "orders/s",
    "worker ms/order",
    "Redis ms/order",
    "longest script ms",
    "scripts > 10 ms",
    "/metrics s",
    "status s",
    "start s",
    "MiB",
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one number of endpoints costs.

    Attributes:
        endpoints: of the settings; `busy` so many of them are named by orders.
        orders_per_second: from before the first XADD to the last delivery's end.
        worker_ms: CPU milliseconds of the worker per order; `redis_ms` those of Redis.
        script_ms: of the script that took longest, 0 where none took a millisecond.
        slow_scripts: that took more than ten milliseconds.
        metrics_seconds: of one look at `/metrics` while the worker rests.
        status_seconds: of `waybill status`, its start included.
        start_seconds: from the worker's start until it is ready.
        mebibytes: of the worker then.
    """

    endpoints: int
    busy: int
    orders_per_second: float
    worker_ms: float
    redis_ms: float
    script_ms: float
    slow_scripts: int
    metrics_seconds: float
    status_seconds: float
    start_seconds: float
    mebibytes: float

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            f"{self.endpoints:,}",
            f"{self.busy:,}",
            f"{self.orders_per_second:.0f}",
            f"{self.worker_ms:.1f}",
            f"{self.redis_ms:.2f}",
            f"{self.script_ms:.1f}",
            str(self.slow_scripts),
            f"{self.metrics_seconds:.2f}",
            f"{self.status_seconds:.1f}",
            f"{self.start_seconds:.1f}",
            f"{self.mebibytes:.0f}",
        )


@dataclass(frozen=True, slots=True)
class Place:
    """One worker at work, with its Redis."""

    client: redis.Redis
    worker: Child
    environment: dict[str, str]
    health: str
    start_seconds: float

    def done(self) -> int:
        return int(self.client.hget("{wb:0}:counts", "done") or 0)

    def redis_cpu_seconds(self) -> float:
        spent = self.client.info("cpu")
        return float(spent["used_cpu_user"]) + float(spent["used_cpu_sys"])

    def await_done(self, wanted: int) -> None:
        """Wait for so many deliveries; raises RuntimeError when they do not come."""
        ends = time.monotonic() + PATIENCE
        while self.done() < wanted:
            if time.monotonic() > ends or not self.worker.running:
                raise RuntimeError(f"not all arrived:\n{self.worker.log_end()}")
            time.sleep(0.05)


@contextmanager
def place(endpoints: int) -> Iterator[Place]:
    """Start everything for one case; ends it all and removes its files."""
    with ExitStack() as things:
        folder = Path(things.enter_context(tempfile.TemporaryDirectory("-waybill")))
        url = things.enter_context(redis_server.serving(folder))
        partners = things.enter_context(standins.serving(folder, 0.0))
        client = things.enter_context(redis.Redis.from_url(url))
        client.config_set("slowlog-log-slower-than", SLOW_MS * 1_000)
        client.config_set("slowlog-max-len", 100_000)
        who = waybill_contender(url, partners.url)
        port = redis_server._free_port()  # noqa: SLF001
        (folder / "waybill.toml").write_text(_toml(partners.url, endpoints))
        environment = {n: v for n, v in who.environment.items() if "__" not in n}
        environment |= {
            "WAYBILL_HEALTH_PORT": str(port),
            "WAYBILL_CONFIG": str(folder / "waybill.toml"),
        }
        began = time.monotonic()
        worker = Child(who.workers[0], folder / "worker.log", environment)
        things.callback(worker.stop)
        health = f"http://127.0.0.1:{port}"
        _await_ready(worker, health)
        seconds = time.monotonic() - began
        yield Place(client, worker, environment, health, seconds)


def _toml(partners_url: str, endpoints: int) -> str:
    lines = ["[ingram]", 'allowed_networks = ["127.0.0.0/8"]']
    for name in map(_name, range(endpoints)):
        lines += [
            f"[ingram.endpoints.{name}]",
            'mode = "direct"',
            f'target_url = "{partners_url}/receivers/{name}"',
            f'secrets = ["{receiver_secret()}"]',
        ]
    return "\n".join(lines)


def _name(place: int) -> str:
    return f"receiver-{place:05}"


def _await_ready(worker: Child, health: str) -> None:
    ends = time.monotonic() + PATIENCE
    while worker.running and time.monotonic() < ends:
        try:
            _page(f"{health}/ready")
        except URLError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the worker is not ready:\n{worker.log_end()}")


def _shipped(number: str, busy: int) -> bytes:
    """An event that asks for a notification of two endpoints, and for nothing else."""
    first = NAMED * int(number)
    names = [_name((first + n) % busy) for n in range(NAMED)]
    line = {"line_number": "10", "status": "SHI", "quantity": "1"}
    event = {
        "specversion": "1.0",
        "id": f"{number}:shipped",
        "source": "/erp/bench",
        "type": "order.status_changed",
        "time": datetime.now(UTC).isoformat(),
        "subject": number,
        "data": {"order_number": number, "endpoints": names, "lines": [line]},
    }
    return json.dumps(event, separators=(",", ":")).encode()


def _drained(at: Place, orders: tuple[str, ...], busy: int) -> float:
    wanted = at.done() + NAMED * len(orders)
    began = time.monotonic()
    pipeline = at.client.pipeline(transaction=False)
    for number in orders:
        pipeline.xadd(feed.STREAM, {"event": _shipped(number, busy)})
    pipeline.execute()
    at.await_done(wanted)
    return time.monotonic() - began


def _timed(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def _status(at: Place) -> None:
    command = [str(Path(sys.executable).with_name("waybill")), "status", "--json"]
    environment = {**inherited(), **at.environment}
    subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True)


def _page(at: str) -> None:
    with urlopen(at) as page:
        page.read()


def cost(endpoints: int, busy: int, events: int) -> Cost:
    """Measure one case once; raises RuntimeError when something did not work."""
    with place(endpoints) as at:
        mebibytes = at.worker.resident_bytes() / MEBIBYTE
        _drained(at, feed.numbers(900_000, WARM_UP), busy)
        at.client.slowlog_reset()
        worker, server = at.worker.cpu_seconds(), at.redis_cpu_seconds()
        seconds = _drained(at, feed.numbers(0, events), busy)
        worker = at.worker.cpu_seconds() - worker
        server = at.redis_cpu_seconds() - server
        slow = [
            one["duration"] / 1_000
            for one in at.client.slowlog_get(100_000)
            if one["command"].upper().startswith(b"EVALSHA")
        ]
        return Cost(
            endpoints=endpoints,
            busy=busy,
            orders_per_second=events / seconds,
            worker_ms=1_000 * worker / events,
            redis_ms=1_000 * server / events,
            script_ms=max(slow, default=0.0),
            slow_scripts=sum(ms > LONG_MS for ms in slow),
            metrics_seconds=_timed(lambda: _page(f"{at.health}/metrics")),
            status_seconds=_timed(lambda: _status(at)),
            start_seconds=at.start_seconds,
            mebibytes=mebibytes,
        )


def measure(size: Options, report: Report) -> None:
    """Measure all cases, round after round, then print the medians."""
    found: dict[tuple[int, int], list[Cost]] = {case: [] for case in CASES}
    for _ in range(size.rounds):
        for endpoints, busy in CASES:
            report.progress(f"{endpoints:,} endpoints, {busy:,} of them busy …")
            found[endpoints, busy].append(cost(endpoints, busy, size.events))
            report.progress("   " + " · ".join(found[endpoints, busy][-1].cells))
    medians = [_medians(each) for each in found.values()]
    report.add("endpoints", medians, table(HEADS, [each.cells for each in medians]))


def _medians(costs: list[Cost]) -> Cost:
    """The median of each figure by itself."""
    columns = zip(*map(astuple, costs), strict=True)
    return Cost(*(sorted(column)[len(column) // 2] for column in columns))
