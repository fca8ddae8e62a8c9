"""A publisher's side of the line protocol, whatever it publishes to.

It reads one event as JSON from each line of its input and prints the order's number
once the system has accepted the event: from then on that system's promise holds.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

#: Events that are handed over together when that many are waiting.
BATCH = 100
#: Seconds between two attempts while the system accepts nothing.
PAUSE = 0.1

Event = dict[str, Any]


async def publish(
    accept: Callable[[Sequence[Event]], Awaitable[object]],
    refusals: tuple[type[Exception], ...],
) -> None:
    """Hand over what is read until the input ends, again and again until accepted.

    Args:
        accept: hands a batch over; returns when all of it is durable.
        refusals: what it raises while the system is away.
    """
    print("ready", flush=True)
    events: asyncio.Queue[str] = asyncio.Queue()
    reading = asyncio.create_task(_read_into(events))
    while line := await events.get():
        batch = [json.loads(line)]
        while len(batch) < BATCH and not events.empty():
            if line := events.get_nowait():
                batch.append(json.loads(line))
        await _until_accepted(batch, accept, refusals)
        numbers = (event["data"]["order_number"] for event in batch)
        print("\n".join(numbers), flush=True)
    await reading


async def _read_into(events: asyncio.Queue[str]) -> None:
    """Every line, then an empty one."""
    reader = asyncio.StreamReader(limit=2**20)
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    while line := await reader.readline():
        events.put_nowait(line.decode())
    events.put_nowait("")


async def _until_accepted(
    batch: Sequence[Event],
    accept: Callable[[Sequence[Event]], Awaitable[object]],
    refusals: tuple[type[Exception], ...],
) -> None:
    while True:
        with contextlib.suppress(*refusals):
            await accept(batch)
            return
        await asyncio.sleep(PAUSE)
