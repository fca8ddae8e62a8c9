"""Check of Celery's keys in Redis: one foreign entry ends workers.

Nothing is consumed and no entry's text is shown.
"""

import json
from collections.abc import Iterator
from importlib.metadata import version

import redis

from workers.celery_app import kombu_guard
from workers.dispatch.queues import QUEUES
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
