"""Replies of the door: receipts, and problems as RFC 9457 has them."""

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from waybill.serve.posting import Refused

PROBLEM: Final = "application/problem+json"

#: Seconds after which a sender is asked to try again, where nobody knows better.
AWAY, FULL = 5, 30


class Receipt(BaseModel):
    """One event that Redis has."""

    id: str
    source: str
    order: str
    entry: str = Field(description="Its entry's id in the stream; the first one's")
    again: bool = Field(description="Whether it had come before, with the same content")


class Receipts(BaseModel):
    """Every event of the request, in its order."""

    events: list[Receipt]


class Page(BaseModel):
    """Some results, the oldest first."""

    results: list[dict[str, Any]] = Field(description="CloudEvents")
    next: str = Field(description="Ask for what comes behind these with ?after=")


class UnderPurchaseOrder(BaseModel):
    """An order of the ERP under a purchase order."""

    order: str
    westcon_orders: list[str] = Field(description="That are known to be its own")


class Orders(BaseModel):
    """Every order under a purchase order."""

    orders: list[UnderPurchaseOrder]


class Place(BaseModel):
    """What is wrong with one event of the request."""

    event: int = Field(description="Its place in the request, from 0")
    problems: list[str]


class Problem(BaseModel):
    """Why a request was not served (RFC 9457)."""

    title: str
    status: int
    detail: str
    events: list[Place] = []
    orders: list[str] = []


class Health(BaseModel):
    """Whether the door works, and what keeps it from that."""

    ok: bool
    problems: dict[str, str]


def problem(
    status: HTTPStatus,
    detail: str,
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> JSONResponse:
    """A request that was not served, and what to do now."""
    content = {"title": status.phrase, "status": status.value, "detail": detail}
    return JSONResponse(
        content | members, status, dict(headers or {}), media_type=PROBLEM
    )


def refused(found: Sequence[Refused], of: int) -> JSONResponse:
    """Events that are none, or not valid: nothing of the request went in."""
    places = [{"event": one.place, "problems": list(one.problems)} for one in found]
    first = "; ".join(found[0].problems)
    which = f"event {found[0].place}: " if of > 1 else ""
    more = f" (and {len(found) - 1} more events)" if found[1:] else ""
    detail = f"{which}{first}{more}; nothing of this request was published"
    return problem(HTTPStatus.BAD_REQUEST, detail, events=places)


def later(status: HTTPStatus, detail: str, seconds: float) -> JSONResponse:
    """A request that may be served later."""
    return problem(status, detail, {"Retry-After": str(max(1, math.ceil(seconds)))})
