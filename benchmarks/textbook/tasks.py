"""One task per event and hop: receive, then poll and link, then notify."""

import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import redis
import requests
from celery import Task

from benchmarks.textbook.celery import app, settings
from benchmarks.textbook.notification import notification
from benchmarks.textbook.partners import Busy, Partners

#: Hash: the order's number to its lines' last seen statuses, as JSON.
STATUSES = "textbook:statuses"
FINAL = frozenset({"INV", "REJ"})
#: Seconds until an order that is not final is looked at again.
LOOK_AGAIN = 60

partners = Partners(settings)


class Hop(Task[Any, Any]):
    """A task that calls a partner and comes again, later each time."""

    autoretry_for = (requests.ConnectionError, requests.Timeout, Busy)
    retry_backoff = True
    retry_backoff_max = 600
    retry_jitter = True
    max_retries = 10


@cache
def state() -> redis.Redis:
    # Made at the first use, so that each forked child has its own connections.
    return redis.Redis.from_url(settings.redis_url, decode_responses=True)


@app.task
def receive(event: dict[str, Any]) -> None:
    order = event["data"]["order_number"]
    poll.delay(order, event["data"]["westcon"]["order_number"])
    if customer := event["data"].get("customer_id"):
        link.delay(order, customer)


@app.task(base=Hop)
def poll(order: str, westcon_order: str) -> None:
    statuses = partners.order_status(westcon_order)
    seen = json.dumps(statuses, sort_keys=True)
    if state().hget(STATUSES, order) != seen:
        event_id = hashlib.sha256(f"{order} {seen}".encode()).hexdigest()[:26].upper()
        notify.delay(event_id, order, statuses, datetime.now(UTC).isoformat())
        # After the notification is on its way: a crash in between repeats it.
        state().hset(STATUSES, order, seen)
    if not FINAL.issuperset(statuses.values()):
        poll.apply_async((order, westcon_order), countdown=LOOK_AGAIN)


@app.task(base=Hop)
def link(order: str, customer: str) -> None:
    partners.link(order, customer)


@app.task(base=Hop)
def notify(event_id: str, order: str, statuses: dict[str, str], at: str) -> None:
    partners.notify(event_id, notification(event_id, order, statuses, at))
