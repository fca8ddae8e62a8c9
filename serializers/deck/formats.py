"""Formats of DECK Commerce's order link: JSON, form and XML."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode

from serializers.deck import xml
from serializers.deck.order_link import DOCUMENT, MEMBERS, OrderLink, link, members
from serializers.errors import DecodeError
from serializers.formats import strict_json

__all__ = ["FORMATS", "LinkFormat", "OrderLink"]


def encode_form(order_link: OrderLink) -> bytes:
    """Write the members in the order of DECK's help page; equal links, equal bytes.

    Raises:
        EncodeError: a text that UTF-8 cannot carry.
    """
    return urlencode(members(order_link)).encode("ascii")


def decode_form(body: bytes) -> OrderLink:
    """Read the members by their exact names.

    Raises:
        DecodeError: not a form in UTF-8, a member missing or given twice.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=len(MEMBERS),
        )
    except ValueError:
        # From None: the cause would carry the document.
        raise DecodeError(f"{DOCUMENT}: not a URL-encoded form") from None
    named = dict(pairs)
    if len(named) != len(pairs):
        raise DecodeError(f"{DOCUMENT}: a member is given twice")
    return link(named)


def encode_json(order_link: OrderLink) -> bytes:
    """Write the members in the order of DECK's help page; equal links, equal bytes.

    Raises:
        EncodeError: a text that JSON cannot carry.
    """
    return strict_json.dumps(members(order_link))


def decode_json(body: bytes) -> OrderLink:
    """Read the members by their exact names; null counts as absent.

    Raises:
        DecodeError: not strict JSON, no object, a member missing or no text.
    """
    value = strict_json.loads(body, document=DOCUMENT)
    if not isinstance(value, dict):
        raise DecodeError(f"{DOCUMENT}: must be an object")
    named = {}
    for name, _ in MEMBERS:
        match value.get(name):
            case None:
                continue
            case str() as text:
                named[name] = text
            case _:
                raise DecodeError(f"{DOCUMENT}: {name} must be a text")
    return link(named)


@dataclass(frozen=True, slots=True)
class LinkFormat:
    """One way to write an order link.

    Attributes:
        name: its name in the settings.
        content_type: the header beside the body.
        accept: the header that asks for a reply; replies are read by content.
        encode: raises `EncodeError` for a text that the format cannot carry.
        decode: raises `DecodeError`.
    """

    name: str
    content_type: str
    accept: str
    encode: Callable[[OrderLink], bytes]
    decode: Callable[[bytes], OrderLink]


_JSON = LinkFormat(
    "json", "application/json", "application/json", encode_json, decode_json
)
_XML = LinkFormat(
    "xml",
    "application/xml; charset=utf-8",
    "application/xml",
    xml.encode,
    xml.decode,
)
_FORM = LinkFormat(
    "form",
    "application/x-www-form-urlencoded",
    "application/json",
    encode_form,
    decode_form,
)

#: By the name that WAYBILL_DECK__FORMAT gives.
FORMATS: Mapping[str, LinkFormat] = MappingProxyType(
    {format_.name: format_ for format_ in (_JSON, _XML, _FORM)}
)
