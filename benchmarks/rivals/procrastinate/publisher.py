"""Publishes each event as a job."""

import asyncio
from collections.abc import Sequence

import procrastinate
import psycopg
from psycopg_pool import PoolTimeout

from benchmarks.rivals.lines import Event, publish
from benchmarks.rivals.procrastinate.tasks import app, connector, receive

#: The ids that are new; an event that comes again leaves no second job.
NEW = (
    "INSERT INTO published SELECT unnest(%s::text[]) "
    "ON CONFLICT DO NOTHING RETURNING event_id"
)


async def accept(events: Sequence[Event]) -> None:
    ids = [event["id"] for event in events]
    async with connector.pool.connection() as held, held.transaction():
        rows = await (await held.execute(NEW, (ids,))).fetchall()
        new = {event_id for (event_id,) in rows}
        jobs = [{"event": event} for event in events if event["id"] in new]
        if jobs:
            await receive.configure(connection=held).batch_defer_async(*jobs)


async def main() -> None:
    """Publish until the input ends."""
    away = (procrastinate.exceptions.ConnectorException, psycopg.Error, PoolTimeout)
    async with app.open_async():
        await publish(accept, away)


if __name__ == "__main__":
    asyncio.run(main())
