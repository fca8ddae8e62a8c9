"""The product's app, whose workers end themselves at a step of the walk when asked to.

Its parts are the product's own; each step is a method of theirs, and passes a point
before and after it. Its runs are named after the process, so that one can see which
calls a killed worker was in.
"""

import itertools
import os
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

from celery import Celery

from tests.faults.crash_points import FOLDER, CrashPoints
from workers.celery_app import app as product
from workers.dispatch.hints import CeleryHints
from workers.http.connection import DeadlineConnection
from workers.ledger.claims import Claims
from workers.ledger.store import RedisLedger
from workers.ledger.stream.reader import Stream
from workers.partners.registry import spec_of
from workers.settings.settings import Settings
from workers.wiring.process import Process, process_of

POINTS = CrashPoints(Path(os.environ[FOLDER]))

#: What a call is about, from its arguments: the walk, and the bytes in hand.
Described = Callable[..., tuple[str, bytes]]

WALKS = {
    "orders.receive": "event",
    "westcon.poll": "poll",
    "deck.link": "link",
    "ingram.notify": "notify",
}
PATHS = {b"westcon": "poll", b"deck": "link", b"receivers": "notify"}


def around(
    owner: Any, name: str, step: str, described: Described, *, some: bool = False
) -> None:
    """Put points around a method; with `some`, behind it only if it had an answer."""
    real = getattr(owner, name)

    @wraps(real)
    def passing(*given: Any, **named: Any) -> Any:
        walk, content = described(*given, **named)
        POINTS.reached(f"before:{step}:{walk}", content)
        answer = real(*given, **named)
        if answer or not some:
            POINTS.reached(f"after:{step}:{walk}", content)
        return answer

    setattr(owner, name, passing)


def of_event(*given: Any) -> tuple[str, bytes]:
    return "event", repr(given[1:]).encode()


def of_hint(_: Any, hint: Any, *given: Any) -> tuple[str, bytes]:
    return WALKS[spec_of(hint.destination).task], repr(given).encode()


def of_claim(_: Any, known: Any, *given: Any) -> tuple[str, bytes]:
    return WALKS[spec_of(known.name).task], repr(given).encode()


def of_assignment(_: Any, assignment: Any) -> tuple[str, bytes]:
    return WALKS[assignment.task], repr(assignment.arguments).encode()


def of_request(_: Any, *given: Any, body: Any, **named: Any) -> tuple[str, bytes]:  # noqa: ARG001 (urllib3's call)
    return walk_of(body.head), bytes(body.body)


def of_reply(connection: Any) -> tuple[str, bytes]:
    # What was asked is known nowhere else.
    exchange = connection._exchange
    return walk_of(exchange.head), bytes(exchange.body)


def walk_of(head: bytes) -> str:
    """The walk that a request belongs to, by its path's first part."""
    return PATHS.get(head.split(b"/", 2)[1], "token")


def with_starts(real: Callable[..., Any]) -> Callable[..., Any]:
    """Pass the points of reading and, where the same step starts, of that too."""

    @wraps(real)
    def passing(*given: Any) -> Any:
        content = of_event(*given)[1]
        POINTS.reached("before:read:event", content)
        came = real(*given)
        if came is not None and came.ids:
            POINTS.reached("after:read:event", content)
        if came is not None and came.begun:
            POINTS.reached("before:start:event", content)
            POINTS.reached("after:start:event", content)
        return came

    return passing


around(Stream, "read", "read", of_event, some=True)
Stream.arrivals = with_starts(Stream.arrivals)  # type: ignore[method-assign] # a point around it
around(Stream, "start", "start", of_event)
around(Stream, "start_alone", "start", of_event)
around(RedisLedger, "admit", "admit", of_event)
around(RedisLedger, "begin", "begin", of_hint)
around(RedisLedger, "settle", "settle", of_hint)
around(RedisLedger, "settle_and_begin", "settle", of_hint)
around(RedisLedger, "advance", "advance", of_hint)
around(Claims, "claim", "claim", of_claim)
around(CeleryHints, "_send", "hint", of_assignment)
around(DeadlineConnection, "request", "send", of_request)
around(DeadlineConnection, "getresponse", "reply", of_reply)


def with_named_runs(settings: Settings, app: Celery, slots: int) -> Process:
    """The product's process, each of whose runs begins with the process's id."""
    made, number = process_of(settings, app, slots), itertools.count()
    services = replace(made.services, token=lambda: f"{os.getpid()}.{next(number)}")
    return replace(made, services=services)


vars(product)["process_of"] = with_named_runs

app = product.make_app(os.environ)
