"""Reads order events from the stream; each becomes a Celery task."""

import json
import logging
import os
from typing import cast

import redis

from benchmarks.textbook.celery import settings
from benchmarks.textbook.tasks import receive

STREAM = "orders:events"
GROUP = "textbook"
CONSUMER = "feeder"
COUNT = 100
BLOCK_MS = 1_000

log = logging.getLogger(__name__)

Entries = list[tuple[str, dict[str, str]]]


def main() -> None:
    """Feed until the process is ended; what was not acknowledged comes again."""
    events = redis.Redis.from_url(
        settings.redis_url, decode_responses=True, socket_timeout=10
    )
    make_group(events)
    cursor = "0"
    while True:
        entries = read(events, cursor)
        if not entries:
            # What an earlier run had not acknowledged is done; now the new ones.
            cursor = ">"
            continue
        for entry_id, fields in entries:
            feed(entry_id, fields)
        events.xack(STREAM, GROUP, *(entry_id for entry_id, _ in entries))


def make_group(events: redis.Redis) -> None:
    try:
        events.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    except redis.ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


def read(events: redis.Redis, cursor: str) -> Entries:
    # redis-py's annotation covers every protocol version; decoded, it is this.
    replies = cast(
        "list[tuple[str, Entries]]",
        events.xreadgroup(
            GROUP, CONSUMER, {STREAM: cursor}, count=COUNT, block=BLOCK_MS
        ),
    )
    return replies[0][1] if replies else []


def feed(entry_id: str, fields: dict[str, str]) -> None:
    try:
        event = json.loads(fields["event"])
    except (KeyError, ValueError):
        log.warning("entry %s holds no JSON event; passed over", entry_id)
        return
    receive.delay(event)


if __name__ == "__main__":
    logging.basicConfig(level=os.environ.get("LOGLEVEL", "WARNING"))
    main()
