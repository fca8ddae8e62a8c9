"""One task per event and hop, as in the textbook: receive, poll and link, notify."""

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from streaq import StreaqRetry, Worker

from benchmarks.rivals.partners import FINAL, LOOK_AGAIN, TRANSIENT, partners

#: Hash: the order's number to its lines' last seen statuses, as JSON.
STATUSES = "streaq:statuses"


def written(content: Any) -> str:
    """JSON; a failure is kept as its text."""
    return json.dumps(content, default=repr)


worker: Worker[Any] = Worker(
    redis_url=os.environ["RIVAL_STORE_URL"],
    concurrency=64,
    # The arguments are plain; pickle is streaQ's default, and opens the door to
    # whoever may write into Redis.
    serializer=written,
    deserializer=json.loads,
    grace_period=5,
)

hop = worker.task(max_tries=10, silent=True, ttl=300)


@worker.middleware
def come_again(task: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Turn what may pass into streaQ's retry, which waits longer each time."""

    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return await task(*args, **kwargs)
        except TRANSIENT as error:
            raise StreaqRetry(str(error)) from error

    return wrapped


def named(task: Any, name: str) -> Any:
    """A task that streaQ enqueues once, since its id is the work's own."""
    task.id = name
    return task


@hop
async def receive(event: dict[str, Any]) -> None:
    order = event["data"]["order_number"]
    westcon_order = event["data"]["westcon"]["order_number"]
    following = [named(poll.enqueue(order, westcon_order), f"{order}-poll")]
    if customer := event["data"].get("customer_id"):
        following.append(named(link.enqueue(order, customer), f"{order}-link"))
    await worker.enqueue_many(following)


@hop
async def poll(order: str, westcon_order: str) -> None:
    statuses = await partners().order_status(westcon_order)
    seen = json.dumps(statuses, sort_keys=True)
    if await worker.redis.hget(STATUSES, order) != seen:
        at = datetime.now(UTC).isoformat()
        await notify.enqueue(order, statuses, at)
        # After the notification is on its way: a crash in between repeats it.
        await worker.redis.hset(STATUSES, {order: seen})
    if not FINAL.issuperset(statuses.values()):
        await poll.enqueue(order, westcon_order).start(delay=LOOK_AGAIN)


@hop
async def link(order: str, customer: str) -> None:
    await partners().link(order, customer)


@hop
async def notify(order: str, statuses: dict[str, str], at: str) -> None:
    await partners().notify(order, statuses, at)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(worker.run_async())
