"""Ingram Micro's refusals, as one short text.

Its gateway (Apigee), its services and its documents each have their own shape,
with typing errors of their own (`messaage`); the 429 of its portal even ends
its list in a comma.
"""

import re
from collections.abc import Iterator, Mapping

from serializers.errors import DecodeError
from serializers.formats import lenient_json
from serializers.formats.json_limits import JsonValue
from serializers.formats.lenient_json import objects_of, text_of
from serializers.formats.text import printable

DOCUMENT = "Ingram error"
MAX_LENGTH = 300
MAX_BYTES = 65_536

_LAST_COMMA = re.compile(rb",\s*+(?=[\]}])")
_MESSAGES = ("message", "messaage", "faultstring", "error_description", "type")


def decode_error(body: bytes) -> str:
    """Give what the body says, "" if nothing; any bytes give a text.

    Returns:
        At most 300 printable characters. Values of fields are left out, since
        they repeat what was sent.
    """
    if len(body) > MAX_BYTES:
        return ""
    try:
        value = lenient_json.loads(_LAST_COMMA.sub(b"", body), document=DOCUMENT)
    except DecodeError:
        return ""
    return printable("; ".join(_texts(value)), MAX_LENGTH)


def _texts(value: JsonValue) -> Iterator[str]:
    for outer in objects_of(value):
        inner = objects_of(outer.get("errors")) or objects_of(outer.get("fault"))
        for error in inner or [outer]:
            yield from filter(None, (_message(error), _fields(error)))


def _message(error: Mapping[str, JsonValue]) -> str:
    return next((text for n in _MESSAGES if (text := text_of(error.get(n)))), "")


def _fields(error: Mapping[str, JsonValue]) -> str:
    fields = objects_of(error.get("fields"))
    pairs = ((text_of(each.get("field")), _message(each)) for each in fields)
    return ", ".join(": ".join(filter(None, pair)) for pair in pairs)
