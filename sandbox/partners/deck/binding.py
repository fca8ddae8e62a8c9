"""Model binding of a DECK request, as ASP.NET Web API does it."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from sandbox.http.message import read_json
from sandbox.partners.deck.xml import read_link

Model = Mapping[str, str | None]


def format_of(content_type: str) -> str | None:
    """Which of json, xml and form a media type means; None for any other."""
    match content_type.partition(";")[0].strip().lower():
        case "application/json" | "text/json":
            return "json"
        case "application/xml" | "text/xml":
            return "xml"
        case "application/x-www-form-urlencoded":
            return "form"
        case _:
            return None


_FIELDS = (
    "SiteCode",
    "VerificationKey",
    "TimestampUTC",
    "APIUsername",
    "OrderNumber",
    "CustomerID",
)


def bound(form: str, body: bytes) -> Model | None:
    """Bind a body to the model as Web API does; None where nothing binds."""
    if form == "xml":
        return read_link(body)
    given = _json_pairs(body) if form == "json" else _form_pairs(body)
    if given is None:
        return None
    return {name: given.get(name.lower()) for name in _FIELDS}


def _json_pairs(body: bytes) -> dict[str, str | None] | None:
    try:
        document = read_json(body)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    # Json.NET matches names in any case and turns plain values into text.
    return {
        name.lower(): None if value is None else str(value)
        for name, value in document.items()
    }


def _form_pairs(body: bytes) -> dict[str, str | None] | None:
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name.lower(): value for name, value in pairs} or None
