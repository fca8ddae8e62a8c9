"""Publishes each event through Restate's ingress, once by its idempotency key."""

import asyncio
import os
from collections.abc import Sequence

import aiohttp

from benchmarks.rivals.lines import Event, publish


class NotAccepted(Exception):
    """The ingress answered with something else than a success."""


async def main() -> None:
    """Publish until the input ends; a batch travels over as many connections."""
    ingress = os.environ["RIVAL_STORE_URL"]
    async with aiohttp.ClientSession() as session:

        async def send(event: Event) -> None:
            number = event["data"]["order_number"]
            url = f"{ingress}/orders/{number}/placed/send"
            headers = {"idempotency-key": event["id"]}
            async with session.post(url, json=event, headers=headers) as reply:
                await reply.read()
                if not reply.ok:
                    raise NotAccepted(f"{url} answered {reply.status}")

        async def accept(events: Sequence[Event]) -> None:
            await asyncio.gather(*map(send, events))

        await publish(accept, (aiohttp.ClientError, TimeoutError, OSError, NotAccepted))


if __name__ == "__main__":
    asyncio.run(main())
