"""DECK Commerce's order-link API, in front of it the habits of ASP.NET Web API.

Business errors come as HTTP 200 with a ResponseCode; the codes besides 0 and 15
are ours, since DECK's are not published.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sandbox.deck_binding import Model, bound, format_of
from sandbox.deck_key import instant, verification_key
from sandbox.deck_xml import write_error, write_response
from sandbox.fault import Fault, Kind
from sandbox.faults import applies
from sandbox.links import Links
from sandbox.message import Answer, Request, says
from sandbox.settings import SandboxSettings

SUCCESS = 0
INVALID_KEY = 1
ORDER_NOT_FOUND = 2
UNKNOWN_SITE = 3
CLOCK_SKEW = 4
MISSING_FIELD = 5
_NAMES = {
    SUCCESS: "Success",
    INVALID_KEY: "InvalidVerificationKey",
    ORDER_NOT_FOUND: "OrderNotFound",
    UNKNOWN_SITE: "InvalidSiteCode",
    CLOCK_SKEW: "InvalidTimestamp",
    MISSING_FIELD: "MissingField",
    15: "SuccessfullyQueued",
}
#: DECK's module sends this CustomerID for a guest.
_GUEST = "-100"
_LINK = "api/omsorderlinkaccount"
_HISTORY = "api/omsorderhistory"
_XML = "application/xml; charset=utf-8"

Verdict = tuple[int, str]


class Deck:
    """Links orders to customers and tells whose they are."""

    def __init__(self, settings: SandboxSettings, links: Links) -> None:
        self._settings = settings
        self._links = links

    def link(self, request: Request, fault: Fault | None) -> Answer:
        """Answer `POST /deck/api/omsorderlinkaccount`."""
        if request.method != "POST":
            text = "The requested resource does not support this http method."
            return _framework(request, 405, {"Message": text})
        form = format_of(request.headers.get("content-type", ""))
        if form is None:
            text = "The request entity's media type is not supported for this resource."
            return _framework(request, 415, {"Message": text})
        model = bound(form, request.body)
        if model is None:
            return _framework(request, 400, _invalid("request", "The model is null."))
        code, message = self._verdict(model, fault)
        if code in {SUCCESS, 15} and applies(fault):
            self._links.link(str(model["OrderNumber"]), str(model["CustomerID"]), form)
        facts = {
            "order": model["OrderNumber"],
            "customer": model["CustomerID"],
            "format": form,
            "code": code,
        }
        return _response(request, code, message, facts)

    def history(self, request: Request, fault: Fault | None) -> Answer:  # noqa: ARG002 - reading has no effect to withhold
        """Answer `POST /deck/api/omsorderhistory`, in JSON alone."""
        model = bound("json", request.body)
        if model is None:
            return _framework(request, 400, _invalid("request", "The model is null."))
        code, message = self._trust(_HISTORY, model)
        order = model["OrderNumber"] or ""
        known = [self._details(order)] if code == SUCCESS else []
        document = {
            "ResponseCode": code,
            "Message": message,
            "TotalRecordsAvailable": len(known),
            "OrderDetails": known,
        }
        return says(200, document, facts={"order": order, "code": code})

    def missing(self, request: Request, fault: Fault | None) -> Answer:  # noqa: ARG002 - nothing to withhold
        """Answer for an API that DECK does not have."""
        document = {
            "Message": "No HTTP resource was found that matches the request URI.",
            "MessageDetail": "No type was found that matches the controller.",
        }
        return _framework(request, 404, document)

    def _verdict(self, model: Model, fault: Fault | None) -> Verdict:
        if fault is not None and fault.kind is Kind.RESPONSE_CODE:
            return fault.code, fault.text
        code, message = self._trust(_LINK, model)
        if code != SUCCESS:
            return code, message
        for name in ("OrderNumber", "CustomerID"):
            if not model[name]:
                return MISSING_FIELD, f"{name} is required"
        return SUCCESS, "Success"

    def _trust(self, path: str, model: Model) -> Verdict:
        if model["SiteCode"] != self._settings.deck_site_code:
            return UNKNOWN_SITE, "Invalid site code"
        timestamp = model["TimestampUTC"] or ""
        key = self._key(model["APIUsername"] or "")
        if key is None or model["VerificationKey"] != verification_key(
            path, timestamp, key
        ):
            return INVALID_KEY, "Invalid verification key"
        at = instant(timestamp)
        window = timedelta(seconds=self._settings.deck_clock_window)
        if at is None or abs(datetime.now(UTC) - at) > window:
            return CLOCK_SKEW, "Invalid timestamp"
        return SUCCESS, "Success"

    def _key(self, username: str) -> str | None:
        if not username:
            return self._settings.deck_api_key
        return self._settings.deck_users.get(username)

    def _details(self, order: str) -> dict[str, object]:
        return {
            "OrderNumber": order,
            "CustomerID": self._links.customer(order) or _GUEST,
            "OrderStatus": "Processing",
            "Items": [],
            "Shipments": [],
            "RMAS": [],
        }


def _wants_xml(request: Request) -> bool:
    """Which of the two the caller accepts; unsaid, its own format decides."""
    for part in request.headers.get("accept", "").split(","):
        form = format_of(part)
        if form is not None:
            return form == "xml"
    return format_of(request.headers.get("content-type", "")) == "xml"


def _response(
    request: Request, code: int, message: str, facts: Mapping[str, object]
) -> Answer:
    correlation = str(uuid4())
    if _wants_xml(request):
        name = _NAMES.get(code, f"Code{code}")
        return Answer(
            200, write_response(correlation, message, name), _XML, facts=facts
        )
    document = {"ResponseCode": code, "Message": message, "CorrelationId": correlation}
    return says(200, document, facts=facts)


def _framework(request: Request, status: int, document: Mapping[str, object]) -> Answer:
    if _wants_xml(request):
        return Answer(status, write_error(document), _XML)
    return says(status, document)


def _invalid(name: str, text: str) -> Mapping[str, object]:
    return {"Message": "The request is invalid.", "ModelState": {name: [text]}}
