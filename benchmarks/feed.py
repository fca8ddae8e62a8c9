"""Puts `order.placed` events into the stream, at once or at a steady pace."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import redis

STREAM = "orders:events"
#: Events per round trip when all are fed at once.
BATCH = 500


def placed(number: str, endpoints: Sequence[str] = ()) -> bytes:
    """An event that asks for one poll, one link and one notification.

    Args:
        number: the order's, at the ERP as at Westcon.
        endpoints: that are to be notified, none is all there are.
    """
    named = {"endpoints": list(endpoints)} if endpoints else {}
    event = {
        "specversion": "1.0",
        "id": f"{number}:placed",
        "source": "/erp/bench",
        "type": "order.placed",
        "time": datetime.now(UTC).isoformat(),
        "subject": number,
        "data": {
            "order_number": number,
            "purchase_order": f"PO-{number}",
            "customer_id": f"C-{number}",
            "westcon": {"order_number": number, "order_type": "W"},
            **named,
        },
    }
    return json.dumps(event, separators=(",", ":")).encode()


def numbers(first: int, count: int) -> tuple[str, ...]:
    """Order numbers as Westcon's: digits, without leading zeros."""
    return tuple(str(60_000_000 + first + each) for each in range(count))


def burst(
    stream: redis.Redis,
    orders: Sequence[str],
    write: Callable[[str], bytes] = placed,
) -> None:
    """All events as fast as Redis takes them."""
    for start in range(0, len(orders), BATCH):
        pipeline = stream.pipeline(transaction=False)
        for number in orders[start : start + BATCH]:
            pipeline.xadd(STREAM, {"event": write(number)})
        pipeline.execute()


def steady(
    stream: redis.Redis,
    orders: tuple[str, ...],
    per_second: float,
    write: Callable[[str], bytes] = placed,
) -> dict[str, float]:
    """One event after another; gives the `time.monotonic()` of each XADD."""
    published = {}
    for number, _ in zip(orders, ticks(per_second), strict=False):
        event = write(number)
        published[number] = time.monotonic()
        stream.xadd(STREAM, {"event": event})
    return published


class Feeder:
    """Feeds at a rate from a thread, several events in one round trip.

    Attributes:
        published: the `time.monotonic()` of each order's XADD.
    """

    #: Seconds between two round trips.
    EVERY = 0.01

    def __init__(
        self, stream: redis.Redis, orders: Sequence[str], per_second: float
    ) -> None:
        self._stream = stream
        self._orders = orders
        self._rate = per_second
        self.published: dict[str, float] = {}
        self._thread = threading.Thread(target=self._feed)

    @property
    def over(self) -> bool:
        return not self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def _feed(self) -> None:
        started, sent = time.monotonic(), 0
        while sent < len(self._orders):
            time.sleep(self.EVERY)
            now = time.monotonic()
            some = self._orders[sent : round((now - started) * self._rate)]
            burst(self._stream, some)
            self.published |= dict.fromkeys(some, now)
            sent += len(some)


def ticks(per_second: float) -> Iterator[None]:
    """Yield so many times a second; a late tick does not delay the next."""
    due = time.monotonic()
    while True:
        time.sleep(max(0.0, due - time.monotonic()))
        yield
        due += 1.0 / per_second
