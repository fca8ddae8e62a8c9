"""What an event costs each primary of a Redis Cluster, by the scripts alone."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import redis

from benchmarks import redis_server
from benchmarks.options import Options
from benchmarks.report import Report
from benchmarks.table import table
from serializers.order_record import Order
from tasks.concurrency import by_name
from tasks.ledger_values import Admission, Hint, Kind, NewDelivery, Settlement
from tasks.outcomes.outcome import Done
from tasks.planning.rules import DECK, INGRAM_PREFIX
from workers.dispatch.room import FixedRoom
from workers.ledger.layout.layout import unmoved
from workers.ledger.layout.places import Places
from workers.ledger.scripts import Scripts
from workers.ledger.store import RedisLedger
from workers.ledger.stream.streams import AnyStream, Names, streams_of
from workers.partners.deck.settings import Deck
from workers.partners.spec import destination
from workers.redis.clients import ledger_client
from workers.settings.settings import Settings
from workers.wiring.ledger import retention_of

#: Primaries and partitions that are measured.
CASES = ((1, 64), (3, 64), (3, 8))
SLOTS = 16_384
#: For so long each server is watched at rest; what that costs is not the events'.
REST_SECONDS = 4.0
QUICK = 300
HEADS = ("primaries", "partitions", "µs of each primary per event", "events/s", "times")
RECEIVER = f"{INGRAM_PREFIX}acme"
PAYLOAD = b"x" * 400


@dataclass(frozen=True, slots=True)
class Share:
    """One size of cluster.

    Attributes:
        primaries: how many there are.
        partitions: of the ledger.
        micros: CPU of each primary for one event, all events counted, beyond what it
            costs at rest.
        events_per_second: what the busiest primary has a core's time for.
    """

    primaries: int
    partitions: int
    micros: tuple[float, ...]
    events_per_second: float

    def cells(self, first: "Share") -> tuple[str, ...]:
        return (
            f"{self.primaries}",
            f"{self.partitions}",
            " · ".join(f"{one:.0f}" for one in self.micros),
            f"{self.events_per_second:,.0f}",
            f"{self.events_per_second / first.events_per_second:.2f}",
        )


@contextmanager
def cluster(primaries: int) -> Iterator[list[str]]:
    """Run this many primaries, which share all slots evenly; their URLs."""
    with ExitStack() as things:
        urls = []
        for _ in range(primaries):
            folder = Path(things.enter_context(tempfile.TemporaryDirectory()))
            serving = redis_server.serving(folder, "--cluster-enabled yes")
            urls.append(things.enter_context(serving))
        clients = [redis.Redis.from_url(url) for url in urls]
        for n, client in enumerate(clients):
            first, last = (SLOTS * each // primaries for each in (n, n + 1))
            _run(client, "CLUSTER", "ADDSLOTS", *range(first, last))
            _run(clients[0], "CLUSTER", "MEET", "127.0.0.1", urlsplit(urls[n]).port)
        while not all(map(_is_up, clients)):
            time.sleep(0.05)
        yield urls


def _run(client: redis.Redis, *words: object) -> object:
    return client.execute_command(*words)  # type: ignore[no-untyped-call] # redis-py's gap


def _is_up(client: redis.Redis) -> bool:
    return "ok" in str(_run(client, "CLUSTER INFO")).split("cluster_state")[1][:8]


def share(primaries: int, partitions: int, events: int) -> Share:
    """Put events through all the scripts of an order that is linked and notified."""
    known = by_name(
        [destination(name, Deck(), 10**9, 0.0, 60.0) for name in (DECK, RECEIVER)]
    )
    with cluster(primaries) as urls:
        hosts = ",".join(
            url.removeprefix("redis://").removesuffix("/0") for url in urls
        )
        client = ledger_client(f"redis+cluster://{hosts}", 4)
        names = Names("orders:events", "waybill", partitions, is_apart=True)
        streams, retention = streams_of(client, names), retention_of(Settings())
        streams.make()
        room, scripts = FixedRoom(direct=True, most=10**9), Scripts(client)
        places = Places(scripts, unmoved(partitions))
        store = RedisLedger(client, streams, known, room, retention, places, scripts)
        at_rest = _spent(urls, lambda: time.sleep(REST_SECONDS))
        began = time.monotonic()
        used = _spent(urls, lambda: _all(store, streams, events))
        rests = (time.monotonic() - began) / REST_SECONDS
        client.close()
        used = [one - rests * idle for one, idle in zip(used, at_rest, strict=True)]
    micros = tuple(1e6 * one / events for one in used)
    return Share(primaries, partitions, micros, events / max(used))


def _spent(urls: Sequence[str], act: Callable[[], object]) -> list[float]:
    """Seconds of CPU of each server meanwhile."""
    before = _seconds(urls)
    act()
    return [b - a for a, b in zip(before, _seconds(urls), strict=True)]


def _all(store: RedisLedger, streams: AnyStream, events: int) -> None:
    for n in range(events):
        _one(store, streams, f"SO-{n}")


def _one(store: RedisLedger, streams: AnyStream, number: str) -> None:
    stream = streams.for_order(number)
    entry = stream.publish(PAYLOAD)
    stream.read("benchmark", 10, 1)
    store.start_entries([entry])
    made = (
        NewDelivery(f"L-{number}", DECK, Kind.LINK, PAYLOAD),
        NewDelivery(f"N-{number}", RECEIVER, Kind.NOTIFICATION, PAYLOAD),
    )
    order = Order(number, purchase_order=f"PO-{number}")
    event = Admission(entry, f"digest-{number}", "2:meaning", order, 0, (), made, ())
    (written,) = store.admit([event])
    for hint in written.leased:
        _deliver(store, hint)


def _deliver(store: RedisLedger, hint: Hint) -> None:
    store.begin(hint, hint.claims, "run")
    store.settle(hint, "run", [Settlement(hint.claims[0], Done(), "http 200")])


def _seconds(urls: Sequence[str]) -> list[float]:
    found = []
    for url in urls:
        with redis.Redis.from_url(url) as client:
            spent = client.info("cpu")
            found.append(spent["used_cpu_user"] + spent["used_cpu_sys"])
    return found


def measure(size: Options, report: Report) -> None:
    """Measure each size of cluster."""
    found: list[Share] = []
    for primaries, partitions in CASES:
        report.progress(f"{primaries} primaries, {partitions} partitions …")
        found.append(share(primaries, partitions, QUICK if size.quick else size.events))
    rows = [one.cells(found[0]) for one in found]
    report.add("primaries", found, table(HEADS, rows))
