"""What Redis keeps of an order that has been finished."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import redis

from benchmarks import feed
from benchmarks.contenders import WAYBILL
from benchmarks.goals.goal import Goal
from benchmarks.options import Options
from benchmarks.report import Report
from benchmarks.stage import stage
from benchmarks.table import table

#: Bytes of an order with its timeline, and all else that is kept because of it.
MOST = 3_000.0
#: Seconds after the last notification in which what ends is dropped.
SETTLE = 3.0
#: What of Redis' memory is no data: buffers, which come and go.
BUFFERS = ("mem_clients_normal", "mem_aof_buffer")
HEADS = ("keys", "per order", "bytes per order")
ALL = "all of Redis' memory"


@dataclass(frozen=True, slots=True)
class Kept:
    """Keys of one kind, and what they take, per order.

    Attributes:
        kind: the part of their names that they have in common.
    """

    kind: str
    keys: float
    kept_bytes: float

    @property
    def cells(self) -> tuple[str, ...]:
        keys = f"{self.keys:.2f}" if self.keys else ""
        return self.kind, keys, f"{self.kept_bytes:,.0f}"


def kind_of(key: str) -> str:
    """What a key's name begins with, after the partition's tag.

    Celery's own keys, and whatever else has no tag, are named whole.
    """
    tag, ends, rest = key.partition("}:")
    return rest.partition(":")[0] if ends and tag.startswith("{") else key


def kept(orders: int) -> list[Kept]:
    """Finish so many orders; gives what is kept of them, all of it first.

    Raises:
        RuntimeError: not every order was finished in time.
    """
    numbers = feed.numbers(0, orders)
    with stage(WAYBILL, 0.0) as ready:
        time.sleep(SETTLE)
        before, by_kind = _used(ready.stream), _by_kind(ready.stream)
        feed.burst(ready.stream, numbers)
        if not ready.served(numbers, 60.0 + 0.1 * orders):
            raise RuntimeError(f"not every order was finished:\n{ready.logs()}")
        time.sleep(SETTLE)
        after, now = _used(ready.stream), _by_kind(ready.stream)
    rows = [
        Kept(kind, (keys - by_kind[kind][0]) / orders, (n - by_kind[kind][1]) / orders)
        for kind, (keys, n) in now.items()
    ]
    rows.sort(key=lambda row: -row.kept_bytes)
    return [Kept(ALL, 0, (after - before) / orders), *rows]


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
    """All of it."""
    most = found[0].kept_bytes
    yield Goal("Redis memory per finished order with timeline", "", "", most, MOST, "B")


def measure(size: Options, report: Report) -> None:
    """Finish orders and weigh what is left; print the table."""
    report.progress(f"waybill: {size.events} orders are finished and weighed …")
    found = kept(size.events)
    report.add("memory", found, table(HEADS, [row.cells for row in found]))
    report.judge(goals(found))
