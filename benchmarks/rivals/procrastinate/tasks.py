"""One task per event and hop, as in the textbook: receive, poll and link, notify."""

import contextlib
import json
import os
from datetime import UTC, datetime
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from benchmarks.rivals.partners import FINAL, LOOK_AGAIN, TRANSIENT, partners

#: The order's last seen statuses; no row is changed where they are the same.
KEEP = (
    "INSERT INTO statuses VALUES (%s, %s) ON CONFLICT (order_number) "
    "DO UPDATE SET seen = excluded.seen WHERE statuses.seen <> excluded.seen"
)
#: Connections of one process; a job holds one only while it speaks to PostgreSQL.
CONNECTIONS = 20

connector = PsycopgConnector(
    conninfo=os.environ["RIVAL_STORE_URL"],
    min_size=2,
    max_size=CONNECTIONS,
)
app = App(connector=connector)
again = RetryStrategy(
    max_attempts=10,
    exponential_wait=2,
    # The database may be away as well as a partner.
    retry_exceptions=(*TRANSIENT, psycopg.Error, PoolTimeout, ConnectorException),
)


@app.task(retry=again)
async def receive(event: dict[str, Any]) -> None:
    order = event["data"]["order_number"]
    westcon_order = event["data"]["westcon"]["order_number"]
    # Both or none: a crash in between repeats the event, not half of it.
    async with connector.pool.connection() as held, held.transaction():
        await poll.configure(connection=held).defer_async(
            order=order, westcon_order=westcon_order
        )
        if customer := event["data"].get("customer_id"):
            await link.configure(connection=held).defer_async(
                order=order, customer=customer
            )


@app.task(retry=again)
async def poll(order: str, westcon_order: str) -> None:
    statuses = await partners().order_status(westcon_order)
    seen = json.dumps(statuses, sort_keys=True)
    async with connector.pool.connection() as held, held.transaction():
        changed = await held.execute(KEEP, (order, seen))
        if changed.rowcount:
            at = datetime.now(UTC).isoformat()
            await notify.configure(connection=held).defer_async(
                order=order, statuses=statuses, at=at
            )
    if not FINAL.issuperset(statuses.values()):
        await poll.configure(schedule_in={"seconds": LOOK_AGAIN}).defer_async(
            order=order, westcon_order=westcon_order
        )


@app.task(retry=again)
async def link(order: str, customer: str) -> None:
    await partners().link(order, customer)


@app.task(retry=again)
async def notify(order: str, statuses: dict[str, str], at: str) -> None:
    await partners().notify(order, statuses, at)


# The sixth field is the seconds.
@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: Any, timestamp: int) -> None:
    """Give the jobs of dead workers to others, as the documentation advises."""
    del context, timestamp
    for job in await app.job_manager.get_stalled_jobs():
        # Another worker may have been faster.
        with contextlib.suppress(ConnectorException):
            await app.job_manager.retry_job(job)
