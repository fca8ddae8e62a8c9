"""Publishes each event as a task that streaQ enqueues once."""

import asyncio
from collections.abc import Sequence

from coredis.exceptions import RedisError

from benchmarks.rivals.lines import Event, publish
from benchmarks.rivals.streaq.tasks import named, receive, worker


async def accept(events: Sequence[Event]) -> None:
    await worker.enqueue_many(
        [
            named(receive.enqueue(event), f"{event['data']['order_number']}-receive")
            for event in events
        ]
    )


async def main() -> None:
    """Publish until the input ends."""
    async with worker:
        await publish(accept, (RedisError, OSError))


if __name__ == "__main__":
    asyncio.run(main())
