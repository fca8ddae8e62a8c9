"""DECK Commerce's order-link API; business errors come as HTTP 200 with a code."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sandbox.faults import applies
from sandbox.http.fault import Fault, Kind
from sandbox.http.message import Answer, Request, json_answer
from sandbox.partners.deck.answer import (
    CLOCK_SKEW,
    INVALID_KEY,
    MISSING_FIELD,
    QUEUED,
    SUCCESS,
    UNKNOWN_SITE,
    framework,
    invalid,
    response,
)
from sandbox.partners.deck.binding import Model, bound, format_of
from sandbox.partners.deck.links import Links
from sandbox.settings import SandboxSettings

#: The module's form first; a 24-hour hour beside AM or PM is DECK's habit.
_FORMATS = (
    "%m/%d/%Y %H:%M %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S",
)


def verification_key(path: str, timestamp: str, api_key: str) -> str:
    """Upper-case hexadecimal SHA-256 over path, timestamp and key, end to end.

    Args:
        path: as DECK counts it, without a slash in front ("api/...").
        timestamp: TimestampUTC, letter by letter.
        api_key: the site's, or the API user's where one is named.
    """
    text = path.lower() + timestamp + api_key
    return sha256(text.encode()).hexdigest().upper()


def instant(timestamp: str) -> datetime | None:
    """Read TimestampUTC in any form .NET would be likely to take."""
    for form in _FORMATS:
        try:
            return datetime.strptime(timestamp, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


#: DECK's module sends this CustomerID for a guest.
_GUEST = "-100"
_LINK = "api/omsorderlinkaccount"
_HISTORY = "api/omsorderhistory"

Judgement = tuple[int, str]


class Deck:
    """Links orders to customers and reports whose they are."""

    def __init__(self, settings: SandboxSettings, links: Links) -> None:
        self._settings = settings
        self._links = links

    def link(self, request: Request, fault: Fault | None) -> Answer:
        """Answer `POST /deck/api/omsorderlinkaccount`."""
        if request.method != "POST":
            text = "The requested resource does not support this http method."
            return framework(request, 405, {"Message": text})
        form = format_of(request.headers.get("content-type", ""))
        if form is None:
            text = "The request entity's media type is not supported for this resource."
            return framework(request, 415, {"Message": text})
        model = bound(form, request.body)
        if model is None:
            return framework(request, 400, invalid("request", "The model is null."))
        code, message = self._judgement(model, fault)
        if code in {SUCCESS, QUEUED} and applies(fault):
            order, customer = str(model["OrderNumber"]), str(model["CustomerID"])
            self._links.link(order, customer, form, _queued_for(fault))
        facts = {
            "order": model["OrderNumber"],
            "customer": model["CustomerID"],
            "format": form,
            "code": code,
        }
        return response(request, code, message, facts)

    def history(self, request: Request, fault: Fault | None) -> Answer:
        """Answer `POST /deck/api/omsorderhistory`, in JSON alone."""
        if request.method != "POST":
            text = "The requested resource does not support this http method."
            return framework(request, 405, {"Message": text})
        model = bound("json", request.body)
        if model is None:
            return framework(request, 400, invalid("request", "The model is null."))
        code, message = _ordered(fault) or self._trust(_HISTORY, model)
        order = model["OrderNumber"] or ""
        known = [self._details(order)] if code == SUCCESS else []
        document = {
            "ResponseCode": code,
            "Message": message,
            "TotalRecordsAvailable": len(known),
            "OrderDetails": known,
        }
        return json_answer(200, document, facts={"order": order, "code": code})

    def missing(self, request: Request, fault: Fault | None) -> Answer:  # noqa: ARG002 - nothing to withhold
        """Answer for an API that DECK does not have."""
        document = {
            "Message": "No HTTP resource was found that matches the request URI.",
            "MessageDetail": "No type was found that matches the controller.",
        }
        return framework(request, 404, document)

    def _judgement(self, model: Model, fault: Fault | None) -> Judgement:
        ordered = _ordered(fault)
        if ordered is not None:
            return ordered
        code, message = self._trust(_LINK, model)
        if code != SUCCESS:
            return code, message
        for name in ("OrderNumber", "CustomerID"):
            if not model[name]:
                return MISSING_FIELD, f"{name} is required"
        return SUCCESS, "Success"

    def _trust(self, path: str, model: Model) -> Judgement:
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


def _ordered(fault: Fault | None) -> Judgement | None:
    """The code that a fault orders, if it is one of code."""
    if fault is None or fault.kind is not Kind.RESPONSE_CODE:
        return None
    return fault.code, fault.text


def _queued_for(fault: Fault | None) -> float:
    """Seconds until a link is there; other faults mean something else by theirs."""
    return fault.seconds if fault is not None and _ordered(fault) else 0.0
