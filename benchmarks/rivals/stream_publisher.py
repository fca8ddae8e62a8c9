"""Publishes into the stream that Waybill and the textbook's feeder read."""

import asyncio
import json
import os
from collections.abc import Sequence

import redis
import redis.asyncio

from benchmarks.feed import STREAM
from benchmarks.rivals.lines import Event, publish


async def main() -> None:
    """Add each event to the stream until the input ends."""
    url = os.environ["RIVAL_STORE_URL"]
    async with redis.asyncio.Redis.from_url(url) as client:

        async def accept(events: Sequence[Event]) -> None:
            pipeline = client.pipeline(transaction=False)
            for event in events:
                text = json.dumps(event, separators=(",", ":"))
                pipeline.xadd(STREAM, {"event": text})
            await pipeline.execute()

        await publish(accept, (redis.RedisError, OSError))


if __name__ == "__main__":
    asyncio.run(main())
