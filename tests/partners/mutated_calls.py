"""Calls of the partners' clients that are answered with mutated payloads."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from serializers.deck import contract
from serializers.errors import DecodeError
from tasks.outcomes.errors import NotYet, PartnerError, PermanentError
from tasks.planning.statuses import DEFAULT_STATUSES
from tests.defaults import deck_access
from tests.partners.conftest import NOW
from tests.partners.drift_seen import Answers, Given, Seen, structure
from tests.partners.mutations import Json
from tests.partners.receivers import BODY, RULES, endpoint
from workers.fields.instance import Instance
from workers.partners.deck.client import DeckClient
from workers.partners.deck.signed_call import SUCCESSES
from workers.partners.ingram.answer_table import AnswerTable
from workers.partners.ingram.client import IngramClient
from workers.partners.oauth.token_request import Credential, ask
from workers.partners.westcon.client import WestconClient
from workers.partners.westcon.gateway import WestconAccess

JSON_TYPE = {"content-type": "application/json; charset=utf-8"}

LINES = {
    "MT_OrderStatus_Response": [
        {
            "eRPOrderNumber": "0060012345",
            "eRPOrderLineNumber": "000010",
            "customerOrderNumber": "PO-7",
            "customerLineNumber": "1",
            "eRPProductNumber": "IM-1",
            "lineQuantity": "         2.000",
            "unitOfMeasure": "EA",
            "lineStatusCode": status,
            "lineStatusDescription": "Scheduled",
            "statusDate": "20260301",
            "shipDate": "20260301",
            "billingDocument": "0000000000",
            "parentERPLine": "000000",
        }
        for status in ("SCH", "BOR")
    ]
}
PARCELS = {
    "mT_OrderTrack_Response": {
        "OrderStatus": [{"ERPOrderNumber": "0060012345", "LineStatusCode": "SCH"}],
        "OrderTracking": [{"TrackingNo": "1Z1", "Carrier": "UPS"}],
        "OrderSerialNum": [{"ManufSerialNo": "S-1", "MACAddress": "AA:BB"}],
    }
}
GATEWAY = {"statusCode": 401, "message": "Access denied due to missing key."}
REFUSED = {"ResponseCode": 7, "Message": "no such site", "CorrelationId": "c-1"}
HISTORY = {
    "ResponseCode": 0,
    "Message": "",
    "TotalRecordsAvailable": 1,
    "OrderDetails": [{"OrderNumber": "D-1", "CustomerID": "C-2"}],
}
FRAMEWORK = {"Message": "No.", "MessageDetail": "No type was found."}
ERRORS = {
    "errors": [
        {
            "id": "1",
            "type": "Validation",
            "message": "must not be",
            "fields": [{"field": "targeturl", "message": "no", "value": "x"}],
        }
    ]
}
TOKEN = {
    "token_type": "Bearer",
    "expires_in": 3599,
    "ext_expires_in": 3599,
    "access_token": "eyJ0",
}


class Silent(AssertionError):
    """A success that no answer stated."""


def lines(answers: Answers, seen: Seen) -> None:
    client = _westcon(answers, seen)
    found = client.order_status("W", ("60012345",))
    # Nothing has ended in the payload, so nothing has in what becomes of it.
    if {"SHI", "INV", "REJ"} & {line.status for line in found}:
        raise Silent


def parcels(answers: Answers, seen: Seen) -> None:
    found = _westcon(answers, seen).shipment_detail("W", "60012345")
    if not all(one.tracking_number for one in found.parcels):
        raise Silent


def _westcon(answers: Answers, seen: Seen) -> WestconClient:
    access = WestconAccess("https://w.example", "key-of-api", "key-of-us", "EN", 5.0)
    known = {*DEFAULT_STATUSES, "NAO"}
    http: Any = answers
    return WestconClient(http, Given(), access, lambda: NOW, seen.observer, known)


def link(answers: Answers, seen: Seen, form: str = "json") -> None:
    client = _deck(answers, seen, format=form)
    client.link("D-1", "C-1")
    # A refusal never becomes a success, but where the code itself was mutated to one.
    if not _states_success(answers.body):
        raise Silent


def link_xml(answers: Answers, seen: Seen) -> None:
    link(answers, seen, "xml")


def read_back(answers: Answers, seen: Seen) -> None:
    found = _deck(answers, seen).customers("D-1")
    if "C-1" in found:
        raise Silent


def _deck(answers: Answers, seen: Seen, **differently: Any) -> DeckClient:
    usual = {"site_code": "S", "api_key": "key-of-site"}
    access = deck_access("https://d.example", **usual | differently)
    http: Any = answers
    return DeckClient(http, access, lambda: NOW, seen.observer)


def _states_success(body: bytes) -> bool:
    """Whether some member that is a code stands for one that DECK calls a success."""
    if body.lstrip().startswith(b"<"):
        return any(f">{code}<".encode() in body for code in ("Success", *SUCCESSES))
    value = json.loads(body.decode(json.detect_encoding(body)))
    members = value.items() if isinstance(value, dict) else ()
    codes = [code for name, code in members if name.lower() == "responsecode"]
    return any(contract.code_of(code) in SUCCESSES for code in codes)


def token(answers: Answers, seen: Seen) -> None:
    http: Any = answers
    instance = Instance("ingram")
    known = Credential(instance, "https://t.example", "us", "secret", "", "POST", 5.0)
    found = ask(http, known, seen.observer)
    stated = json.loads(answers.body.decode(json.detect_encoding(answers.body)))
    tokens = [one for name, one in stated.items() if name.lower() == "access_token"]
    if found.access_token.encode() != tokens[-1].encode(errors="replace"):
        raise Silent


def notified(answers: Answers, seen: Seen, mode: str = "direct") -> None:
    http: Any = answers
    tokens: Any = Given()
    client = IngramClient(
        http,
        relay_http=http,
        tokens=tokens,
        endpoints={"acme": endpoint("https://r.example/", mode=mode, answers=TABLE)},
        rules=RULES,
        base_url="https://i.example",
        deadline=5.0,
        clock=lambda: NOW,
        observer=seen.observer,
    )
    if not 200 <= client.send("acme", "EV1", BODY, 1) < 300:
        raise Silent


def relayed(answers: Answers, seen: Seen) -> None:
    notified(answers, seen, "relay")


TABLE = AnswerTable()

#: How a call may end that is answered with garbage: by an outcome of its item alone.
ENDS = (PartnerError, PermanentError, NotYet, DecodeError)

Call = Callable[[Answers, Seen], None]


@dataclass(frozen=True)
class Case:
    """A call, what answers it, and how often it is mutated.

    Attributes:
        payload: as the contract has it.
        call: of a client.
        times: mutations of it.
        status: with which it comes.
        taken: what the contract takes besides; see `drift_seen.unlisted`.
    """

    payload: Json
    call: Call
    times: int
    status: int = 200
    taken: frozenset[tuple[str, str]] = frozenset()


#: A code as a text or a number, a text that may be null; lists of one.
CODES = {("responsecode", one) for one in ("text", "number")}
REPLY = {*CODES, ("message", "null"), ("correlationid", "null")}
RECORD = {("orderdetails[].customerid", one) for one in ("null", "number")}
COUNT = {("totalrecordsavailable", "text")}
SECONDS = {(one, "text") for one in ("expires_in", "ext_expires_in")}
PART = "mt_ordertrack_response"
ALONE = {
    (f"{PART}.{one}", "object")
    for one in ("orderstatus", "ordertracking", "orderserialnum")
}
PROBLEM = {
    *((f"errors[].{one}", "null") for one in ("message", "field")),
    *((f"errors[].fields[].{one}", "null") for one in ("field", "message", "value")),
    *((f"errors[].{one}", "text") for one in ("field", "traceid")),
    ("errors[].id", "number"),
}

#: Ingram's errors come in a list too.
LISTED = {
    ("", "list"),
    *((f"[].{path}".rstrip("."), one) for path, one in structure(ERRORS)),
    *((f"[].{path}", one) for path, one in PROBLEM),
}

CASES = {
    "westcon order status": Case(LINES, lines, 5_000),
    "westcon shipment detail": Case(PARCELS, parcels, 3_000, taken=frozenset(ALONE)),
    "westcon refusal": Case(
        GATEWAY, lines, 2_000, 401, frozenset({("statuscode", "text")})
    ),
    "deck order link": Case(REFUSED, link, 4_000, taken=frozenset(REPLY)),
    "deck order link in XML": Case(REFUSED, link_xml, 1_000),
    "deck order history": Case(
        HISTORY, read_back, 3_000, taken=frozenset(REPLY | RECORD | COUNT)
    ),
    "deck refusal": Case(FRAMEWORK, link, 2_000, 400, frozenset({("message", "null")})),
    "ingram relay": Case(ERRORS, relayed, 4_000, 400, frozenset(PROBLEM | LISTED)),
    "ingram receiver": Case(ERRORS, notified, 3_000, 400),
    "ingram token": Case(TOKEN, token, 3_000, taken=frozenset(SECONDS)),
}


def as_xml(body: bytes) -> bytes:
    """A mutated document as DECK would write it; what is no object stays as it is."""
    try:
        value = json.loads(body.decode(json.detect_encoding(body)))
    except ValueError:
        return body
    return _element("GenericResponse", value).encode(errors="replace")


def _element(name: str, value: Json) -> str:
    if isinstance(value, dict):
        inner = "".join(_element(one, under) for one, under in value.items())
    elif isinstance(value, list):
        inner = "".join(_element("item", one) for one in value)
    else:
        inner = "" if value is None else escape(str(value))
    return f"<{name}>{inner}</{name}>"


#: Headers that a partner may send besides.
FIELDS: tuple[dict[str, str], ...] = (
    {},
    {},
    {},
    {"retry-after": "soon"},
    {"retry-after": "30"},
    {"x-ratelimit-left": "7"},
    {"ratelimit-policy": '"q";q=7'},
    {"content-type": "text/plain"},
    {"content-type": "\x1b[31m"},
    {"content-encoding": "br"},
    {"server": "x", "x-powered-by": "y"},
)


def headed(seed: int, status: int) -> tuple[int, dict[str, str]]:
    """Status and headers of a seed: mostly as they should be."""
    dice = random.Random(f"head {seed}")
    if dice.random() < 0.2:
        status = dice.choice((100 + dice.randrange(900), 302, 204, 299, 429, 503))
    return max(200, status), {**JSON_TYPE, **dice.choice(FIELDS)}
