"""The door's application: its routes, and how each answers."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final

import redis
import structlog
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from serializers.errors import DecodeError
from serializers.events.entry_fields import Fields
from serializers.events.http_binding import UnsupportedError, entries_of
from waybill.http_request import (
    HOLDER,
    RENEWAL,
    TooLargeError,
    TooSlowError,
    body_of,
)
from waybill.pages.routes import ROOT
from waybill.pages.site import console
from waybill.serve import answers, health, posting, reading, schema
from waybill.serve.access import requires
from waybill.serve.answers import AWAY, FULL, Receipts
from waybill.serve.bounds import Rates
from waybill.serve.metrics import DoorMetrics
from waybill.serve.tokens import Holder
from waybill.trouble import trouble
from workers.ledger.identity.names_in_use import NamesInUse
from workers.ledger.identity.namespace import SOURCE
from workers.ledger.layout.layout import Layout
from workers.ledger.layout.places import Places
from workers.ledger.scripts import Scripts
from workers.ledger.stream.door import Conflict, Door, Full
from workers.redis.durability import UnconfirmedError
from workers.redis.failures import is_full
from workers.settings.door import HttpDoor
from workers.settings.settings import Settings
from workers.telemetry.exposition import OPEN_METRICS, media_type, page_of
from workers.telemetry.masking import raised_at
from workers.wiring.ledger import stream_names

log = structlog.get_logger()

#: Routes that Prometheus and probes call all the time.
QUIET: Final = frozenset({"/live", "/ready", "/metrics"})

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


def application(
    settings: Settings, client: "redis.Redis", layout: Layout, metrics: DoorMetrics
) -> FastAPI:
    """The door of these settings.

    Args:
        settings: for as many partitions as the ledger has, without the partners'; they
            are not needed here.
        client: of the ledger, with as many connections as there are threads.
        layout: of the ledger.
        metrics: of this process.
    """
    app = FastAPI(
        title="Waybill",
        version=version("waybill"),
        summary="Events in, results out, for an ERP without a Redis client.",
        docs_url=None,
        redoc_url=None,
    )
    _add_health(app, settings, metrics)
    bounds = settings.http
    life_ms = int(settings.dedup_window * 1000)
    places = Places(Scripts(client), layout)
    names = stream_names(settings)
    door = Door(client, names, life_ms, bounds.most_waiting, layout.home)
    rates = Rates(bounds.per_minute, time.monotonic)
    publishes = requires("publish", bounds.tokens, rates)
    posted = partial(
        _posted, door=door, settings=settings, metrics=metrics, client=client
    )
    _add_events(app, posted, bounds, publishes)
    if bounds.users:
        _add_console(app, settings, layout)
    reads = requires("read", bounds.tokens, rates)
    reading.add(app, settings, client, places, reads)
    _add_failures(app, settings)
    app.add_middleware(Witness, metrics=metrics, seconds=bounds.seconds)
    schema.complete(app)
    return app


def _add_console(app: FastAPI, settings: Settings, layout: Layout) -> None:
    app.mount(ROOT, console(settings, layout))

    @app.get("/", include_in_schema=False)
    def first() -> RedirectResponse:
        return RedirectResponse(f"{ROOT}/", HTTPStatus.SEE_OTHER)


def _add_health(app: FastAPI, settings: Settings, metrics: DoorMetrics) -> None:
    @app.get("/live", tags=["health"])
    def live() -> answers.Health:
        """Whether this process answers."""
        return answers.Health(ok=True, problems={})

    @app.get("/ready", tags=["health"], responses={503: {"model": answers.Health}})
    def ready(response: Response) -> answers.Health:
        """Whether what is posted now would be kept."""
        found = dict(health.problems(settings))
        if found:
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return answers.Health(ok=not found, problems=found)

    @app.get("/metrics", tags=["health"], response_class=Response)
    def measured(request: Request) -> Response:
        """This process's metrics, for Prometheus."""
        is_open = OPEN_METRICS in request.headers.get("accept", "")
        page = page_of((metrics.registry,), is_open=is_open)
        return Response(page, media_type=media_type(is_open=is_open))


def _add_events(
    app: FastAPI,
    posted: Callable[[list[Fields]], JSONResponse],
    bounds: HttpDoor,
    publishes: Callable[..., Holder],
) -> None:
    @app.post(
        "/v1/events",
        status_code=HTTPStatus.ACCEPTED,
        response_model=Receipts,
        dependencies=[Depends(publishes)],
        tags=["events"],
        responses=schema.failures(400, 401, 403, 408, 409, 413, 415, 429, 503, 504),
        openapi_extra=schema.POSTED,
    )
    async def post_events(request: Request) -> JSONResponse:
        """Put events into the stream: all of a request's, or none.

        An answer of 202 is the promise for each of them. Where there is none, or 503
        or 504, they are in doubt: post them again under the same ids, without a second
        effect.
        """
        try:
            entries = await _entries(request, bounds)
        except TooLargeError:
            what = f"at most {bounds.most_bytes} bytes; send fewer events in a request"
            return answers.problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, what)
        except TooSlowError:
            what = f"the body did not arrive within {bounds.seconds:g} s"
            return answers.problem(HTTPStatus.REQUEST_TIMEOUT, what)
        except UnsupportedError as error:
            return answers.problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, str(error))
        except DecodeError as error:
            return answers.problem(HTTPStatus.BAD_REQUEST, str(error))
        return await run_in_threadpool(posted, entries)


async def _entries(request: Request, bounds: HttpDoor) -> list[Fields]:
    announced = request.headers.get("content-length")
    body = await body_of(request.stream(), announced, bounds.most_bytes, bounds.seconds)
    kind = request.headers.get("content-type", "")
    return entries_of(kind, request.headers.raw, body)


def _posted(
    entries: list[Fields],
    *,
    door: Door,
    settings: Settings,
    metrics: DoorMetrics,
    client: "redis.Redis",
) -> JSONResponse:
    most = settings.http.most_events
    if len(entries) > most:
        what = f"{len(entries)} events, at most {most} in a request; send several"
        return answers.problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, what)
    strict, names = settings.strict_events, NamesInUse(client)
    by_source = settings.namespace == SOURCE
    good, bad = posting.checked(
        entries, strict=strict, names=names, by_source=by_source
    )
    if bad:
        metrics.events.labels("refused").inc(len(bad))
        return answers.refused(bad, len(entries))
    match door.add([one.posted for one in good]):
        case Conflict(place, mark):
            metrics.events.labels("conflict").inc()
            what = posting.conflict(good[place], mark)
            places = [{"event": place, "problems": [what]}]
            detail = f"{what}; nothing of this request was published"
            return answers.problem(HTTPStatus.CONFLICT, detail, events=places)
        case Full(waiting):
            what = f"{waiting} entries wait in the stream; are the workers running?"
            return answers.later(HTTPStatus.TOO_MANY_REQUESTS, what, FULL)
        case kept:
            again = sum(one.again for one in kept)
            metrics.events.labels("again").inc(again)
            metrics.events.labels("added").inc(len(kept) - again)
            receipts = posting.receipts(good, kept)
            return JSONResponse({"events": receipts}, HTTPStatus.ACCEPTED)


def _add_failures(app: FastAPI, settings: Settings) -> None:
    @app.exception_handler(redis.RedisError)
    def redis_failed(_request: Request, error: redis.RedisError) -> JSONResponse:
        why = trouble(error, settings.redis_url)
        if is_full(error):
            return answers.later(HTTPStatus.TOO_MANY_REQUESTS, why, FULL)
        log.warning("redis_failed", why=why)
        doubt = "; whether events of this request were published is in doubt: post them"
        doubt += " again under the same ids"
        status = HTTPStatus.SERVICE_UNAVAILABLE
        if isinstance(error, UnconfirmedError):
            status = HTTPStatus.GATEWAY_TIMEOUT
        return answers.later(status, why + doubt, AWAY)

    @app.exception_handler(DecodeError)
    def unreadable(_request: Request, error: DecodeError) -> JSONResponse:
        log.error("record_unreadable", why=str(error))
        what = (
            "the order's record cannot be read; `waybill explain` shows how to mend it"
        )
        return answers.problem(HTTPStatus.INTERNAL_SERVER_ERROR, what)

    @app.exception_handler(RequestValidationError)
    def misread(_request: Request, error: RequestValidationError) -> JSONResponse:
        # Its own texts repeat what was sent.
        named = sorted({".".join(map(str, one["loc"])) for one in error.errors()})
        return answers.problem(HTTPStatus.BAD_REQUEST, f"not valid: {', '.join(named)}")

    @app.exception_handler(HTTPException)
    def refused(_request: Request, error: HTTPException) -> JSONResponse:
        status = HTTPStatus(error.status_code)
        return answers.problem(status, str(error.detail), error.headers)

    @app.exception_handler(Exception)
    def failed(_request: Request, error: Exception) -> JSONResponse:
        log.error("request_failed", error=type(error).__name__, at=raised_at(error))
        what = "the door failed; its log names where"
        return answers.problem(HTTPStatus.INTERNAL_SERVER_ERROR, what)


class Witness:
    """Counts and logs each request: route, status, time, token; nothing that was sent.

    Args:
        app: that answers.
        metrics: of the door.
        seconds: within which a part of an answer has to be taken.
    """

    def __init__(self, app: Any, metrics: DoorMetrics, seconds: float) -> None:
        self._app = app
        self._metrics = metrics
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the request answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = HTTPStatus.INTERNAL_SERVER_ERROR.value, time.perf_counter()

        async def noting(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            # It is kept back while the reader takes nothing.
            async with asyncio.timeout(self._seconds):
                await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        path = getattr(scope.get("route"), "path", "(none)")
        self._metrics.requests.labels(path, str(status)).inc()
        self._metrics.request_seconds.labels(path).observe(seconds)
        if path not in QUIET and RENEWAL not in scope:
            ms, by = round(seconds * 1000, 1), scope.get(HOLDER)
            log.info("request", route=path, status=status, ms=ms, by=by)
