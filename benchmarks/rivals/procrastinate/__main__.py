"""`python -m benchmarks.rivals.procrastinate`: a worker; with `prepare`, the tables."""

import asyncio
import logging
import sys

from benchmarks.rivals.procrastinate.tasks import app, connector

#: Each order's last seen statuses, and the ids of the events that were accepted.
TABLES = (
    "CREATE TABLE statuses (order_number text PRIMARY KEY, seen text NOT NULL)",
    "CREATE TABLE published (event_id text PRIMARY KEY)",
)
#: Jobs in flight per process, as many as the others' threads.
CONCURRENCY = 64


async def prepare() -> None:
    """Make the tables."""
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        for table in TABLES:
            await connector.execute_query_async(table)


async def work() -> None:
    """Work until SIGTERM."""
    async with app.open_async():
        await app.run_worker_async(concurrency=CONCURRENCY, delete_jobs="successful")


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(prepare() if sys.argv[1:] == ["prepare"] else work())
