"""An order as a virtual object: one durable handler polls, links and notifies.

Where the others have a task per hop, Restate has a step: what a step returned is in
the journal, and a handler that is run again does not repeat it.
"""

import asyncio
import logging
import os
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import hypercorn
import restate
from hypercorn.asyncio import serve

from benchmarks.rivals.partners import FINAL, LOOK_AGAIN, Refused, partners

#: Pauses as the others': each doubles the one before, up to ten minutes.
STEP: restate.RunOptions[Any] = restate.RunOptions(
    initial_retry_interval=timedelta(seconds=1),
    max_retry_interval=timedelta(minutes=10),
    retry_interval_factor=2.0,
)

orders = restate.VirtualObject("orders")


@orders.handler()
async def placed(ctx: restate.ObjectContext, event: dict[str, Any]) -> None:
    """Link and look at the order; the link waits for nothing."""
    westcon_order = event["data"]["westcon"]["order_number"]
    customer = event["data"].get("customer_id")
    linked = ctx.run_typed("link", link, STEP, order=ctx.key(), customer=customer)
    await watch(ctx, westcon_order)
    await linked


@orders.handler()
async def look(ctx: restate.ObjectContext, westcon_order: str) -> None:
    await watch(ctx, westcon_order)


async def watch(ctx: restate.ObjectContext, westcon_order: str) -> None:
    """Poll once, notify of what is new, and look again later if it is not final."""
    statuses = await ctx.run_typed(
        "poll", partners().order_status, STEP, westcon_order=westcon_order
    )
    if await ctx.get("statuses", type_hint=dict) != statuses:
        at = await ctx.run_typed("clock", clock, STEP)
        await ctx.run_typed(
            "notify",
            partners().notify,
            STEP,
            order=ctx.key(),
            statuses=statuses,
            at=at,
        )
        ctx.set("statuses", statuses)
    if not FINAL.issuperset(statuses.values()):
        delay = timedelta(seconds=LOOK_AGAIN)
        ctx.object_send(look, ctx.key(), westcon_order, send_delay=delay)


async def link(order: str, customer: str | None) -> None:
    if not customer:
        return
    try:
        await partners().link(order, customer)
    except Refused as error:
        raise restate.TerminalError(str(error)) from error


def clock() -> str:
    return datetime.now(UTC).isoformat()


def listening(port: int) -> socket.socket:
    """One port for all processes of the service: the kernel spreads connections."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.bind(("127.0.0.1", port))
    return sock


async def main() -> None:
    """Serve the object's handlers over HTTP/2 until the process is ended."""
    sock = listening(int(os.environ["RIVAL_SERVICE_PORT"]))
    config = hypercorn.Config()
    config.bind = [f"fd://{sock.detach()}"]
    await serve(restate.app([orders]), config)  # type: ignore[arg-type, unused-ignore]


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main())
