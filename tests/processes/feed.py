"""The ERP of these tests: its events, and a steady hand that publishes them."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import redis

from tests.processes.ledger_servers import DURABILITY, PARTITIONS
from workers.ledger.stream import streams
from workers.ledger.stream.reader import Stream
from workers.redis.clients import ledger_client
from workers.redis.durability import UnconfirmedError, durability_of

SOURCE = "/erp/tests"

#: Seconds within which every failover is over.
PATIENCE = 90.0


def numbers(first: int, count: int) -> tuple[str, ...]:
    """Order numbers as Westcon's: digits, without leading zeros."""
    return tuple(str(70_000_000 + first + each) for each in range(count))


def placed(number: str, *, customer: bool = True) -> bytes:
    """An order that wants one poll, one notification and, with a customer, one link."""
    data = {
        "order_number": number,
        "purchase_order": f"PO-{number}",
        "westcon": {"order_number": number, "order_type": "W"},
    }
    if customer:
        data["customer_id"] = f"CUST-{number}"
    return event("order.placed", number, data)


def event(kind: str, number: str, data: object) -> bytes:
    fields = {
        "specversion": "1.0",
        "id": f"{number}:{kind}",
        "source": SOURCE,
        "type": kind,
        "time": "2026-01-02T03:04:05Z",
        "subject": number,
        "data": data,
    }
    return json.dumps(fields).encode()


#: What an ERP answers by publishing again: nobody knows whether the event is in.
IN_DOUBT = (redis.ConnectionError, redis.TimeoutError, UnconfirmedError)


@dataclass(frozen=True, slots=True)
class Erp:
    """An ERP that publishes by the product's own way in.

    Attributes:
        streams: of the ledger; they ask again until Redis has answered.
        patience: seconds for which an event that is in doubt is published again.
    """

    streams: streams.AnyStream
    patience: float = 0.0

    @property
    def only(self) -> Stream:
        """The stream, of a ledger that has one."""
        assert isinstance(self.streams, Stream)
        return self.streams

    def publish(self, event: bytes) -> str:
        """Publish it until it is accepted; its entry."""
        ends = time.monotonic() + self.patience
        while True:
            try:
                return streams.publish(self.streams, event, by_source=False)
            except IN_DOUBT:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.1)


def stream_at(redis_url: str) -> Erp:
    """An ERP of the ledger there; with replicas, one that waits for them."""
    name, group, client = "orders:events", "waybill", ledger_client(redis_url, 12)
    if redis_url.startswith("redis://"):
        return Erp(Stream(client, name, group))
    is_apart = "+cluster://" in redis_url
    waits = durability_of(DURABILITY["WAYBILL_DURABILITY"])
    names = streams.Names(
        name, group, PARTITIONS if is_apart else 1, is_apart, durability=waits
    )
    return Erp(streams.streams_of(client, names), PATIENCE)


def publish(redis_url: str, orders: Sequence[str]) -> None:
    """Publish them at once."""
    stream = stream_at(redis_url)
    for number in orders:
        stream.publish(placed(number))


@contextmanager
def publishing(
    redis_url: str, orders: Sequence[str], per_second: float
) -> Iterator[None]:
    """Publish one after the other meanwhile; at the end all of them are out."""
    failures: list[Exception] = []

    def run() -> None:
        try:
            _steadily(redis_url, orders, per_second)
        except Exception as error:  # noqa: BLE001 (reported by the thread that waits)
            failures.append(error)

    thread = threading.Thread(target=run, name="feed", daemon=True)
    thread.start()
    yield
    thread.join(PATIENCE)
    assert not thread.is_alive(), "not every event could be published"
    assert failures == []


def _steadily(redis_url: str, orders: Sequence[str], per_second: float) -> None:
    stream, due = stream_at(redis_url), time.monotonic()
    for number in orders:
        stream.publish(placed(number))
        due += 1.0 / per_second
        time.sleep(max(0.0, due - time.monotonic()))
