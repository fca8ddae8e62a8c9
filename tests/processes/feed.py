"""The ERP of these tests: its events, and a steady hand that publishes them."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from workers.ledger.stream.reader import Stream
from workers.redis.clients import ledger_client

SOURCE = "/erp/tests"


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


def stream_at(redis_url: str) -> Stream:
    """The product's own way in; it asks again until Redis has answered."""
    return Stream(ledger_client(redis_url, 12), "orders:events", "waybill")


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
    thread.join(60.0)
    assert not thread.is_alive(), "not every event could be published"
    assert failures == []


def _steadily(redis_url: str, orders: Sequence[str], per_second: float) -> None:
    stream, due = stream_at(redis_url), time.monotonic()
    for number in orders:
        stream.publish(placed(number))
        due += 1.0 / per_second
        time.sleep(max(0.0, due - time.monotonic()))
