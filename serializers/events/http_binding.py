"""CloudEvents over HTTP: structured, batched and binary requests become entries.

Source: CloudEvents' HTTP protocol binding 1.0.2, sections 3.1 to 3.3. A structured
event keeps its bytes; a binary one becomes an entry in `binary_mode`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Final
from urllib.parse import unquote_to_bytes

from serializers.errors import DecodeError
from serializers.events import binary_mode
from serializers.events.batch import BrokenArrayError, elements
from serializers.events.entry_fields import Fields, of_event

STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"

#: One header: its name, in any case, and its value.
Header = tuple[bytes, bytes]

#: The most attributes of a binary event; CloudEvents has nine, the rest are extensions.
MOST_ATTRIBUTES: Final = 100

_PREFIX = b"ce-"
_JSON = re.compile(r"application/(?:[a-z0-9.!#$&^_-]+\+)?json")
_ATTRIBUTE = re.compile(rb"[a-z0-9]{1,40}")
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


class UnsupportedError(ValueError):
    """The request's Content-Type is none that is read; the message has what is."""


@dataclass(frozen=True, slots=True)
class _Type:
    """A Content-Type: the media type in small letters, and its character set."""

    media: str
    charset: str


def entries_of(
    content_type: str, headers: Iterable[Header], body: bytes
) -> list[Fields]:
    """Give the stream's entries that hold a request's events, in their order.

    Args:
        content_type: the header's value; "" where there is none.
        headers: all of them.
        body: whole.

    Raises:
        UnsupportedError: the content is of no kind that is read.
        DecodeError: a batch is no array, or holds nothing; a header cannot be read.
    """
    kind = _type(content_type)
    if kind.charset not in {"", "utf-8", "utf8", "us-ascii"}:
        raise UnsupportedError(f"charset {kind.charset[:40]!r}: JSON is UTF-8")
    if kind.media == STRUCTURED:
        return [of_event(body)]
    if kind.media == BATCH:
        return _batch(body)
    attributes = [
        (name.lower().removeprefix(_PREFIX), value)
        for name, value in headers
        if name.lower().startswith(_PREFIX)
    ]
    if not attributes:
        raise UnsupportedError(
            f"Content-Type must be {STRUCTURED} or {BATCH}, or application/json with"
            " the event's attributes in ce- headers"
        )
    if not _JSON.fullmatch(kind.media):
        raise UnsupportedError(
            "Content-Type must be application/json: an event's data is JSON"
        )
    return [_binary(attributes, content_type, body)]


def _type(text: str) -> _Type:
    message = Message()
    message["Content-Type"] = text if text.isprintable() else ""
    if not text:
        return _Type("", "")
    charset = message.get_param("charset", "")
    return _Type(
        message.get_content_type(), charset.lower() if isinstance(charset, str) else "?"
    )


def _batch(body: bytes) -> list[Fields]:
    try:
        found = elements(body)
    except BrokenArrayError as error:
        raise DecodeError(f"batch: no JSON array: {error}") from None
    if not found:
        raise DecodeError("batch: holds no event")
    return [of_event(one.body) for one in found]


def _binary(attributes: Sequence[Header], content_type: str, body: bytes) -> Fields:
    if len(attributes) > MOST_ATTRIBUTES:
        raise DecodeError(f"{len(attributes)} ce- headers, at most {MOST_ATTRIBUTES}")
    fields = [(b"ce_" + _name(name), _value(value)) for name, value in attributes]
    entry = (*fields, (b"content-type", content_type.encode()), (b"data", body))
    if absent := binary_mode.missing(entry):
        names = ", ".join(one.replace("_", "-") for one in absent)
        raise DecodeError(f"binary mode: no header {names}")
    return entry


def _name(name: bytes) -> bytes:
    if name in {b"data", b"datacontenttype"} or not _ATTRIBUTE.fullmatch(name):
        shown = name[:40].decode("ascii", "backslashreplace")
        raise DecodeError(f"header ce-{shown}: not the name of an attribute")
    return name


def _value(value: bytes) -> bytes:
    """Undo quotation marks, then percent-encoding, as the binding asks for."""
    quoted = _QUOTED.fullmatch(value.strip())
    bare = _ESCAPED.sub(rb"\1", quoted[1]) if quoted else value.strip()
    return unquote_to_bytes(bare)
