"""Pages for what went wrong, each with what to do now."""

from http import HTTPStatus
from typing import Any

import redis
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from serializers.errors import DecodeError
from waybill.pages.access.doorkeeper import VISITOR
from waybill.pages.rendering import Renderer
from waybill.trouble import trouble
from workers.settings.settings import Settings
from workers.telemetry.masking import raised_at

log = structlog.get_logger()


def handlers(settings: Settings, renderer: Renderer) -> dict[Any, Any]:
    """What answers each kind of failure."""

    def page(request: Request, status: int, what: str, now: str) -> Response:
        title = HTTPStatus(status).phrase
        visitor = request.scope.get(VISITOR)
        return renderer.page(
            request, visitor, "failure", status, title=title, what=what, now=now
        )

    def refused(request: Request, error: HTTPException) -> Response:
        found = page(request, error.status_code, str(error.detail), "")
        for name, value in (error.headers or {}).items():
            found.headers[name] = value
        return found

    def redis_failed(request: Request, error: redis.RedisError) -> Response:
        why = trouble(error, settings.redis_url)
        log.warning("redis_failed", why=why)
        now = "Nothing is shown that may be old. Try again in a moment."
        return page(request, 503, why, now)

    def unreadable(request: Request, error: DecodeError) -> Response:
        log.error("record_unreadable", why=str(error))
        now = "`waybill explain` with the order's number shows how to mend it."
        return page(request, 500, f"a record cannot be read: {error}", now)

    def failed(request: Request, error: Exception) -> Response:
        log.error("page_failed", error=type(error).__name__, at=raised_at(error))
        now = "The log of `waybill serve` names where."
        return page(request, 500, "this page failed", now)

    return {
        HTTPException: refused,
        redis.RedisError: redis_failed,
        DecodeError: unreadable,
        Exception: failed,
    }
