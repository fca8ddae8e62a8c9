"""Answers of DECK Commerce: its codes, and ASP.NET Web API's own.

The codes besides 0 and 15 are ours, since DECK's are not published.
"""

from collections.abc import Mapping
from uuid import uuid4

from sandbox.http.message import Answer, Request, json_answer
from sandbox.partners.deck.binding import format_of
from sandbox.partners.deck.xml import write_error, write_response

SUCCESS = 0
INVALID_KEY = 1
ORDER_NOT_FOUND = 2
UNKNOWN_SITE = 3
CLOCK_SKEW = 4
MISSING_FIELD = 5
QUEUED = 15
_NAMES = {
    SUCCESS: "Success",
    INVALID_KEY: "InvalidVerificationKey",
    ORDER_NOT_FOUND: "OrderNotFound",
    UNKNOWN_SITE: "InvalidSiteCode",
    CLOCK_SKEW: "InvalidTimestamp",
    MISSING_FIELD: "MissingField",
    QUEUED: "SuccessfullyQueued",
}
_XML = "application/xml; charset=utf-8"


def _wants_xml(request: Request) -> bool:
    """Which of the two the caller accepts; unsaid, its own format decides."""
    for part in request.headers.get("accept", "").split(","):
        form = format_of(part)
        if form is not None:
            return form == "xml"
    return format_of(request.headers.get("content-type", "")) == "xml"


def response(
    request: Request, code: int, message: str, facts: Mapping[str, object]
) -> Answer:
    """DECK's own answer, in the language that the caller accepts."""
    correlation = str(uuid4())
    if _wants_xml(request):
        name = _NAMES.get(code, f"Code{code}")
        return Answer(
            200, write_response(correlation, message, name), _XML, facts=facts
        )
    document = {"ResponseCode": code, "Message": message, "CorrelationId": correlation}
    return json_answer(200, document, facts=facts)


def framework(request: Request, status: int, document: Mapping[str, object]) -> Answer:
    """An answer of ASP.NET's, which has no ResponseCode."""
    if _wants_xml(request):
        return Answer(status, write_error(document), _XML)
    return json_answer(status, document)


def invalid(name: str, text: str) -> Mapping[str, object]:
    """What ASP.NET answers to a request that is no model."""
    return {"Message": "The request is invalid.", "ModelState": {name: [text]}}
