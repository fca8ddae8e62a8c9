"""DECK Commerce's answer to an order link, read by its content.

Its hosts answer with or without a CorrelationId, JSON with the code as a
number, XML with its name. A body without any code comes from the framework
below it, ASP.NET, whatever the status line says.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from serializers import hardened_xml, lenient_json
from serializers.errors import DecodeError
from serializers.json_limits import JsonValue
from serializers.lenient_json import text_of
from serializers.plain_text import printable, without_controls

DOCUMENT = "DECK reply"
MAX_MESSAGE = 500
MAX_FRAMEWORK_MESSAGE = 200
MAX_CODE = 64

#: The one name whose number DECK's help pages show.
_NUMBERS = {"success": "0"}


@dataclass(frozen=True, slots=True)
class LinkReply:
    """A GenericResponse.

    Attributes:
        code: "0" is success and "15" queued; any other is a refusal. A name
            whose number is not known stays a name.
        message: at most 500 characters without control characters.
        correlation_id: "" on the hosts that give none.
    """

    code: str
    message: str
    correlation_id: str


def decode_reply(body: bytes) -> LinkReply:
    """Read JSON or XML, whichever it is.

    Raises:
        DecodeError: an HTML page, nothing, a cut or other document, or a
            framework's error, whose own message is then carried.
    """
    members = _members(body)
    code = text_of(members.get("responsecode"))
    if not code or isinstance(members.get("responsecode"), bool):
        raise DecodeError(_without_code(members))
    return LinkReply(
        code=_number(code),
        message=without_controls(text_of(members.get("message")), MAX_MESSAGE),
        correlation_id=without_controls(text_of(members.get("correlationid")), 128),
    )


def _members(body: bytes) -> Mapping[str, JsonValue]:
    head = body[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        raise DecodeError(f"{DOCUMENT}: an HTML page")
    if head.startswith(b"<") or b"\0" in head:
        return _elements(hardened_xml.parse(body, document=DOCUMENT))
    value = lenient_json.loads(body, document=DOCUMENT)
    if not isinstance(value, dict):
        raise DecodeError(f"{DOCUMENT}: must be an object")
    return value


def _elements(root: etree._Element) -> dict[str, JsonValue]:
    children = root.iterchildren("*")
    return {_local_name(child): child.text or "" for child in children}


def _local_name(element: etree._Element) -> str:
    return etree.QName(element).localname.lower()


def _without_code(members: Mapping[str, JsonValue]) -> str:
    said = printable(text_of(members.get("message")), MAX_FRAMEWORK_MESSAGE)
    return f"{DOCUMENT}: no ResponseCode" + (f"; it says: {said}" if said else "")


def _number(code: str) -> str:
    known = _NUMBERS.get(code.lower())
    return known or without_controls(code, MAX_CODE)
