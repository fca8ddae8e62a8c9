"""Routes that read: orders and results."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

import redis
from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from serializers.errors import DecodeError
from serializers.results import cursor
from serializers.results.decode import decode
from waybill.explain.view import document
from waybill.find.selection import orders_meant
from waybill.serve import answers, schema
from waybill.serve.answers import Orders, Page
from waybill.serve.tokens import Holder
from waybill.serve.waiting import Waiting
from workers.ledger.layout.places import Places
from workers.ledger.results.reader import Found, ResultReader
from workers.ledger.views.order_story import story
from workers.ledger.views.purchase_order_uses import uses_of
from workers.settings.settings import Settings

#: Seconds after which a reader that may not wait is asked to come again.
LATER = 5

#: Characters of a purchase order, and of a cursor, which grows with the partitions.
LONGEST, LONGEST_CURSOR = 256, 32_768


def add(
    app: FastAPI,
    settings: Settings,
    client: "redis.Redis",
    places: Places,
    reads: Callable[..., Holder],
) -> None:
    """Add the routes that need the right `read`."""
    _add_orders(app, client, places, reads)
    _add_results(app, settings, client, reads)


def _add_orders(
    app: FastAPI,
    client: "redis.Redis",
    places: Places,
    reads: Callable[..., Holder],
) -> None:
    @app.get(
        "/v1/orders",
        dependencies=[Depends(reads)],
        tags=["orders"],
        response_model=Orders,
        responses=schema.failures(400, 401, 403, 429, 503),
    )
    def get_orders(
        purchase_order: Annotated[str, Query(min_length=1, max_length=LONGEST)],
    ) -> JSONResponse:
        """List the orders under a purchase order, which counts to the letter."""
        uses = uses_of(client, purchase_order, places)
        found = [
            {"order": use.order, "westcon_orders": list(use.numbers)} for use in uses
        ]
        return JSONResponse({"orders": found})

    @app.get(
        "/v1/orders/{number:path}",
        dependencies=[Depends(reads)],
        tags=["orders"],
        response_model=dict[str, Any],
        responses=schema.failures(400, 401, 403, 404, 409, 429, 503),
    )
    def get_order(
        number: str, source: Annotated[str, Query(max_length=256)] = ""
    ) -> JSONResponse:
        """Show what is known of an order, as `waybill explain --json` does.

        Where each source has numbers of its own (WAYBILL_NAMESPACE), `source` states
        whose is meant, or the end of that.
        """
        return _order(client, places, number, source)


def _order(
    client: "redis.Redis", places: Places, number: str, source: str
) -> JSONResponse:
    names = orders_meant(client, number, source, places)
    if len(names) > 1:
        what = f"{len(names)} orders have this number; say whose by ?source=…"
        return answers.problem(HTTPStatus.CONFLICT, what, orders=names)
    found = story(client, names[0], (), places)
    if found is None:
        what = (
            "nothing is known of this order: it was never admitted, or its time is over"
            " (WAYBILL_RETENTION)"
        )
        return answers.problem(HTTPStatus.NOT_FOUND, what)
    return JSONResponse(document(found, {}))


def _add_results(
    app: FastAPI,
    settings: Settings,
    client: "redis.Redis",
    reads: Callable[..., Holder],
) -> None:
    reader = ResultReader(client, settings.partitions)
    newest = partial(run_in_threadpool, reader.newest)
    waiting = Waiting(newest, settings.http.most_readers)
    ledger = settings.deployment

    @app.get(
        "/v1/results",
        dependencies=[Depends(reads)],
        tags=["results"],
        response_model=Page,
        responses=schema.failures(400, 401, 403, 429, 503),
    )
    async def get_results(
        request: Request,
        after: Annotated[str, Query(max_length=LONGEST_CURSOR)] = cursor.BEGINNING,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        wait: Annotated[float, Query(ge=0, le=60)] = 0,
    ) -> JSONResponse:
        """Read results behind a place, which is `next` of the answer before.

        0 is the beginning of what is kept. With `wait` an answer without results comes
        after so many seconds only, and one with results as soon as there are some.
        """
        try:
            places = cursor.read(after, settings.partitions, ledger)
        except DecodeError as error:
            return answers.problem(HTTPStatus.BAD_REQUEST, f"after: {error}")
        look = partial(reader.after, places, limit)
        found, now = await run_in_threadpool(look)
        if wait and not found:
            if waiting.is_full:
                what = f"{settings.http.most_readers} readers wait for results already"
                return answers.later(HTTPStatus.TOO_MANY_REQUESTS, what, LATER)
            if await waiting.wait(now, wait, request.is_disconnected):
                found, now = await run_in_threadpool(look)
        following = cursor.written(now, ledger)
        return JSONResponse({"results": _events(found), "next": following})


def _events(found: tuple[Found, ...]) -> list[dict[str, Any]]:
    """The events; what somebody else has put into the stream is passed over."""
    events = []
    for one in found:
        try:
            events.append(decode(one.body).event)
        except DecodeError:
            continue
    return events
