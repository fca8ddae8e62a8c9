"""What Redis keeps of an order that has been finished."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import redis

from benchmarks import feed
from benchmarks.contenders import RECEIVER, WAYBILL, Contender, waybill_contender
from benchmarks.goals.goal import Goal
from benchmarks.options import Options
from benchmarks.report import Report
from benchmarks.stage import Stage, stage
from benchmarks.table import table
from sandbox.control.client import SandboxControl
from workers.ledger import keys

#: Bytes of an order with its timeline, and all else that is kept because of it.
MOST = 3_000.0
#: Seconds after the last notification in which what ends is dropped.
SETTLE = 3.0
#: What of Redis' memory is no data: buffers, which come and go.
BUFFERS = ("mem_clients_normal", "mem_aof_buffer")
#: Seconds in which all orders are to be finished.
PATIENCE = 180.0
HEADS = ("orders", "keys", "per order", "bytes per order")
ALL = "all of Redis' memory"


@dataclass(frozen=True, slots=True)
class Life:
    """How the orders of one case live, at Westcon.

    Attributes:
        statuses: of all lines, one look after the other.
    """

    text: str
    lines: int
    statuses: tuple[str, ...]


LIVES = (
    Life("one line, invoiced", 1, ("INV",)),
    Life("three lines, scheduled, shipped, invoiced", 3, ("SCH", "SHI", "INV")),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """Keys of one kind, and what they take, per order.

    Attributes:
        orders: how they lived.
        kind: the part of their names that they have in common.
    """

    orders: str
    kind: str
    keys: float
    kept_bytes: float

    @property
    def cells(self) -> tuple[str, ...]:
        keys = f"{self.keys:.2f}" if self.keys else ""
        return self.orders, self.kind, keys, f"{self.kept_bytes:,.0f}"


def kind_of(key: str) -> str:
    """What a key's name begins with, after the partition's tag.

    Celery's own keys, and whatever else has no tag, are named whole.
    """
    tag, ends, rest = key.partition("}:")
    return rest.partition(":")[0] if ends and tag.startswith("{") else key


def impatient(redis_url: str, partners_url: str) -> Contender:
    """The product, which looks again after a second: what is kept is the same."""
    whole = waybill_contender(redis_url, partners_url)
    seconds = {f"WAYBILL_WESTCON__{name}": "1" for name in ("POLL_MIN", "POLL_MAX")}
    return replace(whole, environment={**whole.environment, **seconds})


def kept(life: Life, orders: int) -> list[Kept]:
    """Finish so many orders; gives what is kept of them, all of it first.

    Raises:
        RuntimeError: not every order was finished in time.
    """
    with stage(WAYBILL, 0.0, {WAYBILL: impatient}) as ready:
        partners = SandboxControl(ready.standins.url)
        partners.orders.answer_all(life.statuses, life.lines)
        time.sleep(SETTLE)
        before, by_kind = _used(ready.stream), _by_kind(ready.stream)
        feed.burst(ready.stream, feed.numbers(0, orders))
        _await_finished(ready, before=int(by_kind["record"][0]), orders=orders)
        time.sleep(SETTLE)
        after, now = _used(ready.stream), _by_kind(ready.stream)
    rows = [
        Kept(life.text, kind, (count - was) / orders, (size - weighed) / orders)
        for kind, (count, size) in now.items()
        for was, weighed in [by_kind[kind]]
    ]
    rows.sort(key=lambda row: -row.kept_bytes)
    return [
        Kept(life.text, ALL, 0, (after - before) / orders),
        *(row for row in rows if row.kept_bytes >= 1),
    ]


def _await_finished(ready: Stage, *, before: int, orders: int) -> None:
    """Wait until all have their record, and nothing waits or is under way."""
    root, client = keys.prefix(0), ready.stream
    records = keys.record(root, "*")
    names = ("westcon", "westcon/shipments", "deck", f"ingram/{RECEIVER}")
    work = [key(root, name) for name in names for key in (keys.due, keys.leased)]
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        made = sum(1 for _ in client.scan_iter(records, count=1_000))
        if made >= before + orders and not any(client.zcard(key) for key in work):
            return
        time.sleep(0.5)
    raise RuntimeError(f"not every order was finished:\n{ready.logs()}")


def _used(client: redis.Redis) -> int:
    found = client.info("memory")
    return int(found["used_memory"]) - sum(int(found.get(n, 0)) for n in BUFFERS)


def _by_kind(client: redis.Redis) -> dict[str, tuple[int, int]]:
    """How many keys each kind has, and their bytes."""
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for key in client.scan_iter(count=1_000):
        kind = kind_of(key.decode())
        counts[kind] += 1
        sizes[kind] += client.memory_usage(key, samples=0) or 0
    found = {kind: (counts[kind], sizes[kind]) for kind in counts}
    return defaultdict(lambda: (0, 0), found)


def goals(found: Sequence[Kept]) -> Iterator[Goal]:
    """All of it, for each way to live."""
    for one in found:
        if one.kind == ALL:
            what = f"Redis memory per finished order with timeline, {one.orders}"
            yield Goal(what, "", "", one.kept_bytes, MOST, "B")


def measure(size: Options, report: Report) -> None:
    """Finish orders and weigh what is left; print the table."""
    found: list[Kept] = []
    for life in LIVES[:1] if size.quick else LIVES:
        report.progress(f"waybill: {size.events} orders, {life.text} …")
        found += kept(life, size.events)
    report.add("memory", found, table(HEADS, [row.cells for row in found]))
    report.judge(goals(found))
