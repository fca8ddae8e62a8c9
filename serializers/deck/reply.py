"""DECK Commerce's reply to an order link and its ResponseCode, read by content.

Its hosts answer with or without a CorrelationId, JSON with the code as a
number, XML with its name. A body without any code comes from the framework
below it, ASP.NET, whatever the status line states.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from serializers.deck.contract import code_of
from serializers.drift.contract import Seen, unseen
from serializers.errors import DecodeError
from serializers.formats import lenient_json, xml
from serializers.formats.json_limits import JsonValue
from serializers.formats.lenient_json import text_of
from serializers.formats.refusal_text import partner_text
from serializers.formats.text import Hide, printable, without_controls

DOCUMENT = "DECK reply"
MAX_MESSAGE = 500
MAX_FRAMEWORK_MESSAGE = 200
#: A GenericResponse has less than 1 KiB, an error with its stack trace a few.
MAX_BYTES = xml.MAX_BYTES


@dataclass(frozen=True, slots=True)
class LinkReply:
    """A GenericResponse.

    Attributes:
        code: see `contract.code_of`; "0" is success and "15" queued.
        message: at most 500 characters without control characters.
    """

    code: str
    message: str


def decode_reply(body: bytes, hide: Hide = str, seen: Seen = unseen) -> LinkReply:
    """Read JSON or XML, whichever it is.

    Args:
        body: the bytes as they came.
        hide: puts masks over secrets in what it reports.
        seen: is shown the document; of XML its root has the members.

    Raises:
        DecodeError: an HTML page, nothing, a cut, too large or other document, or
            a framework's error, whose own words are then carried.
    """
    members = _members(body, seen)
    code = code_of(members.get("responsecode"))
    if not code:
        raise DecodeError(without_code(DOCUMENT, body, hide))
    return LinkReply(code, message_of(members, hide))


def message_of(members: Mapping[str, JsonValue], hide: Hide) -> str:
    """Give the message of any of DECK's replies, fit for a log line."""
    return without_controls(hide(text_of(members.get("message"))), MAX_MESSAGE)


def without_code(document: str, body: bytes, hide: Hide) -> str:
    """Describe a reply without a ResponseCode: what it is, and its text."""
    words = printable(hide(partner_text(body)), MAX_FRAMEWORK_MESSAGE)
    return f"{document}: no ResponseCode" + (f"; it reads: {words}" if words else "")


def _members(body: bytes, seen: Seen) -> Mapping[str, JsonValue]:
    # Marks of UTF-8 and UTF-16 go as well, and the first half of a UTF-16 letter.
    head = body[:256].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        raise DecodeError(f"{DOCUMENT}: an HTML page")
    if head.startswith(b"<"):
        return _elements(xml.parse(body, document=DOCUMENT), seen)
    value = lenient_json.loads(body, document=DOCUMENT, max_bytes=MAX_BYTES)
    seen(value)
    if not isinstance(value, dict):
        raise DecodeError(f"{DOCUMENT}: must be an object")
    return value


def _elements(root: etree._Element, seen: Seen) -> dict[str, JsonValue]:
    children = list(root.iterchildren("*"))
    pairs = [(_local_name(child), xml.text_of(child)) for child in children]
    # An element that holds others is an object, whatever they are.
    shown: dict[str, JsonValue] = {
        name: {} if len(child) else text
        for (name, text), child in zip(pairs, children, strict=True)
    }
    seen({_local_name(root): shown})
    if sum(name == "responsecode" for name, _ in pairs) > 1:
        raise DecodeError(f"{DOCUMENT}: more than one ResponseCode")
    return dict(pairs)


def _local_name(element: etree._Element) -> str:
    return etree.QName(element).localname.lower()
