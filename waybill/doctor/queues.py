"""Check of Celery's keys in Redis: one foreign entry ends workers.

Nothing is consumed and no entry's text is shown.
"""

import json
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import redis
from kombu import Connection

from workers.celery_app import kombu_guard
from workers.celery_app.settings import celery_settings
from workers.dispatch.queues import QUEUES
from workers.fields.amqp_url import amqp_address
from workers.partners.check import Check, ok, warning, wrong
from workers.redis.answers import text

#: What Celery and kombu keep beside the queues, by the type it must have.
BESIDE = {
    "unacked": "hash",
    "unacked_index": "zset",
    **{f"_kombu.binding.{queue}": "set" for queue in QUEUES},
    **{f"_kombu.binding_permanent.{queue}": "set" for queue in QUEUES},
}
#: How many entries of a queue are looked at, and how many at a time.
LOOKED_AT, AT_ONCE = 10_000, 500
#: The pair whose crash on a lost connection was met with a guard.
GUARDED = ("5.7.0", "5.7.0")


def hint_checks(client: "redis.Redis") -> Iterator[Check]:
    """All checks of the queues; raises redis.RedisError."""
    name, waiting, sound = "celery.queues", 0, True
    for queue in QUEUES:
        found = list(queue_problems(client, queue))
        sound = sound and not found
        yield from found
        waiting += 0 if found else client.llen(queue)
    for key, kind in BESIDE.items():
        actual = text(client.type(key))
        if actual not in (kind, "none"):
            sound = False
            yield wrong(name, f"key {key} is a {actual}, no {kind}", _renaming(key))
    if sound:
        yield ok(name, f"{len(QUEUES)} queues in order, {waiting} hints wait")


def amqp_checks(url: str) -> Iterator[Check]:
    """Whether RabbitMQ answers, and what waits in the queues that workers made."""
    name, shown = "celery.queues", amqp_address(url).shown
    settings = celery_settings(url)
    connection = Connection(
        settings["broker_url"],
        ssl=settings["broker_use_ssl"],
        connect_timeout=settings["broker_connection_timeout"],
        transport_options=settings["broker_transport_options"],
    )
    try:
        with connection:
            connection.connect()
            waiting = [_waiting(connection, queue) for queue in QUEUES]
    except (*connection.connection_errors, *connection.channel_errors) as error:
        what = f"RabbitMQ at {shown} does not answer: {type(error).__name__}"
        advice = "look at it, and at user, password and vhost of WAYBILL_BROKER_URL"
        note = "meanwhile a worker does what its own threads can take"
        yield wrong(name, what, f"{advice}; {note}")
        return
    made = [one for one in waiting if one is not None]
    if len(made) < len(QUEUES):
        what = f"RabbitMQ at {shown} answers and lacks queues of ours"
        yield warning(name, what, "a worker makes them at its start")
    else:
        count = f"{len(QUEUES)} queues, {sum(made)} hints wait"
        yield ok(name, f"RabbitMQ at {shown} answers: {count}")


def _waiting(connection: Connection, queue: str) -> int | None:
    """How many hints wait there; None for no such queue."""
    channel: Any = connection.channel()
    try:
        declared = channel.queue_declare(queue, passive=True)
    except connection.channel_errors:
        return None
    channel.close()
    return int(declared.message_count)


def queue_problems(client: "redis.Redis", queue: str) -> Iterator[Check]:
    """What in one queue is none of Celery's."""
    actual = text(client.type(queue))
    if actual == "none":
        return
    if actual != "list":
        finding = f"queue {queue} is a {actual}, no list"
        yield wrong("celery.queues", finding, _renaming(queue))
        return
    for index, size in foreign(client, queue):
        finding = (
            f"entry {index} of queue {queue} ({size} bytes) is no Celery message; it"
            " ends every worker that takes it"
        )
        advice = f"look at it with LINDEX {queue} {index}, then LREM it"
        yield wrong("celery.queues", finding, advice)


def foreign(client: "redis.Redis", queue: str) -> Iterator[tuple[int, int]]:
    """Index and size of each entry that Celery could not read."""
    for start in range(0, LOOKED_AT, AT_ONCE):
        entries = client.lrange(queue, start, start + AT_ONCE - 1)
        for index, entry in enumerate(entries, start):
            body = entry if isinstance(entry, bytes) else entry.encode()
            if not is_message(body):
                yield index, len(body)
        if len(entries) < AT_ONCE:
            return


def is_message(entry: bytes) -> bool:
    """Whether kombu could read it: an object with properties and a body."""
    try:
        message = json.loads(entry)
    except (ValueError, RecursionError):
        return False
    needed = ("body", "properties")
    return isinstance(message, dict) and all(name in message for name in needed)


def crash_check() -> Check:
    """Whether the crash of these versions is guarded against."""
    name, pair = "celery.versions", (version("celery"), version("kombu"))
    finding = f"celery {pair[0]} with kombu {pair[1]}"
    if pair != GUARDED:
        advice = f"celery {GUARDED[0]} with kombu {GUARDED[1]} is what was tried"
        return warning(name, f"{finding} are not known here", advice)
    try:
        kombu_guard.install()
    except AttributeError:
        advice = "install the versions of requirements.lock"
        return wrong(name, f"{finding}: the guard does not fit them", advice)
    return ok(name, f"{finding}: the guard against their crash is in")


def _renaming(key: str) -> str:
    return f"find out who wrote it, then RENAME {key} out of the way"
