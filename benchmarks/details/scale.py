"""What a million watched orders cost."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import redis

from benchmarks import redis_server, standins
from benchmarks.contenders import waybill_contender
from benchmarks.details import watches
from benchmarks.options import Options
from benchmarks.processes import Child
from benchmarks.report import Report
from benchmarks.standins import StandIns
from benchmarks.table import table
from serializers.purchase_order_uses import BUCKET

#: Keys of a ledger beside its orders': the buckets of the index by purchase order, each
#: with a key for what is too long for it, and a few more.
BESIDE = 2 * 64**BUCKET + 20
#: Orders of which the timelines are written too, to be weighed by themselves.
SAMPLE = 2_000
CLAIM = 100
CLAIMS = 50
#: Seconds until the next look: of what must not be due meanwhile, and of what must.
LATER = (3_600.0, 21_600.0)
SOON = (5.0, 5.0)
#: Seconds until an order that was claimed and given back is due again: past the claims
#: that are measured.
HANDED_BACK = 10.0
BATCH = 50_000
HEADS = (
    "watches",
    "bytes each",
    "timeline",
    "event's id",
    "claim of 100",
    "in Redis",
    "claims/s",
    "worker",
)


@dataclass(frozen=True, slots=True)
class Scale:
    """One size of ledger.

    Attributes:
        watches: orders with three lines, none of them due.
        watch_bytes: of Redis for each: record, snapshot, sets; nothing else.
        timeline_bytes: of Redis for a timeline of two entries.
        event_bytes: of Redis for an event's id while it is remembered.
        claim_ms: the median claim of a hundred due orders, as a worker sees it.
        claim_redis_ms: of these, what Redis spent.
        claims_per_second: orders claimed per second, one claim after another.
        worker_mib: memory of a worker process that has just looked at thousands.
    """

    watches: int
    watch_bytes: float
    timeline_bytes: float
    event_bytes: float
    claim_ms: float
    claim_redis_ms: float
    claims_per_second: float
    worker_mib: float

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            f"{self.watches:,}",
            f"{self.watch_bytes:.0f}",
            f"{self.timeline_bytes:.0f}",
            f"{self.event_bytes:.0f}",
            f"{self.claim_ms:.2f} ms",
            f"{self.claim_redis_ms:.2f} ms",
            f"{self.claims_per_second:,.0f}",
            f"{self.worker_mib:.0f} MiB",
        )


@dataclass(frozen=True, slots=True)
class Claiming:
    """What a claim of a hundred took, in milliseconds; `redis_ms` within Redis."""

    ms: float
    redis_ms: float


def scale(count: int, report: Report) -> Scale:
    """Fill a ledger with so many watches, and measure it."""
    with _at_work(count) as (client, partners, folder):
        ledger = watches.ledger(client)
        event = _event_bytes(client)
        before = _used(client)
        for batch in watches.batches(count, BATCH):
            watches.fill(ledger, batch, LATER)
            report.progress(f"{batch.stop:,} of {count:,} watches")
        each = (_settled(client, count) - before) / count
        sample = range(count, count + SAMPLE)
        watches.fill(ledger, sample, LATER, timeline=True)
        timelines = [client.memory_usage(_log(n), samples=0) or 0 for n in sample]
        claiming = _claiming(ledger, sample.stop)
        return Scale(
            watches=count,
            watch_bytes=each,
            timeline_bytes=sum(timelines) / SAMPLE,
            event_bytes=event,
            claim_ms=claiming.ms,
            claim_redis_ms=claiming.redis_ms,
            claims_per_second=CLAIM / claiming.ms * 1_000,
            worker_mib=_worker_mib(ledger, partners, folder),
        )


@contextmanager
def _at_work(count: int) -> Iterator[tuple["redis.Redis", StandIns, Path]]:
    with ExitStack() as things:
        folder = Path(things.enter_context(tempfile.TemporaryDirectory(f"-{count}")))
        url = things.enter_context(redis_server.serving(folder))
        partners = things.enter_context(standins.serving(folder, 0.0))
        yield things.enter_context(redis.Redis.from_url(url)), partners, folder


def _used(client: "redis.Redis") -> int:
    return int(client.info("memory")["used_memory"])


def _settled(client: "redis.Redis", count: int) -> int:
    """Memory in use once the events' ids are forgotten: two keys per order are left."""
    ends = time.monotonic() + 120.0
    while client.dbsize() > 2 * count + BESIDE and time.monotonic() < ends:
        time.sleep(0.2)
    return _used(client)


def _event_bytes(client: "redis.Redis") -> float:
    """Weigh an event's id as `admit` writes it, with its expiry."""
    before, some = _used(client), 10_000
    pipeline = client.pipeline(transaction=False)
    for n in range(some):
        pipeline.set(f"{{wb:0}}:seen:{n:032x}", f"{n:032x}", ex=600)
    pipeline.execute()
    each = (_used(client) - before) / some
    client.delete(*(f"{{wb:0}}:seen:{n:032x}" for n in range(some)))
    return each


def _log(number: int) -> str:
    return f"{{wb:0}}:log:{60_000_000 + number}"


def _claiming(ledger: watches.Ledger, first: int) -> Claiming:
    """Claim a hundred at a time, again and again, and give them back."""
    due = CLAIM * CLAIMS
    watches.fill(ledger, range(first, first + due), SOON)
    _await_due(ledger, due)
    took = [_claim_ms(ledger) for _ in range(CLAIMS)]
    return Claiming(median(ms for ms, _ in took), median(ms for _, ms in took))


def _claim_ms(ledger: watches.Ledger) -> tuple[float, float]:
    """Claim once; what was claimed is given back, which is not measured.

    Raises:
        RuntimeError: not as many were due.
    """
    ledger.client.config_resetstat()
    started = time.perf_counter()
    claimed = ledger.claims.claim(ledger.westcon, 0, CLAIM, 10**9)
    took = time.perf_counter() - started
    stats = ledger.client.info("commandstats")["cmdstat_evalsha"]
    if len(claimed.claims) != CLAIM:
        raise RuntimeError(f"{len(claimed.claims)} orders were claimed, not {CLAIM}")
    ledger.store.hand_back(claimed, claimed.claims, HANDED_BACK)
    return took * 1_000, float(stats["usec_per_call"]) / 1_000


def _worker_mib(ledger: watches.Ledger, partners: StandIns, folder: Path) -> float:
    """Let one worker look at all that is due; its memory afterwards."""
    host = ledger.client.connection_pool.connection_kwargs
    url = f"redis://{host['host']}:{host['port']}/0"
    who = waybill_contender(url, partners.url)
    _await_due(ledger, CLAIM * CLAIMS)
    worker = Child(who.workers[0], folder / "worker.log", who.environment)
    try:
        _looked_at(ledger, worker)
        return worker.resident_bytes() / 2**20
    finally:
        worker.stop()


def _await_due(ledger: watches.Ledger, due: int) -> None:
    while sum(one.due for one in ledger.claims.work()) < due:
        time.sleep(0.1)


def _looked_at(ledger: watches.Ledger, worker: Child) -> None:
    ends = time.monotonic() + 120.0
    while any(one.due for one in ledger.claims.work()):
        if not worker.running or time.monotonic() > ends:
            raise RuntimeError(f"the worker does not look:\n{worker.log_end()}")
        time.sleep(0.1)


def measure(size: Options, report: Report) -> None:
    """A small ledger beside a large one: what grows with it, and what does not."""
    found = [scale(count, report) for count in (size.watches // 10, size.watches)]
    report.add("scale", found, table(HEADS, [one.cells for one in found]))
