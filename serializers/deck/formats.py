"""The formats in which DECK Commerce takes an order link."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from serializers.deck import deck_form, deck_json, xml
from serializers.deck.order_link import OrderLink

__all__ = ["FORMATS", "LinkFormat", "OrderLink"]


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
    "json", "application/json", "application/json", deck_json.encode, deck_json.decode
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
    deck_form.encode,
    deck_form.decode,
)

#: By the name that WAYBILL_DECK__FORMAT gives.
FORMATS: Mapping[str, LinkFormat] = MappingProxyType(
    {format_.name: format_ for format_ in (_JSON, _XML, _FORM)}
)
