"""CloudEvents in binary mode: the attributes are fields, the content is one more.

CloudEvents has no binding for Redis, so the prefixes of all others are taken:
`ce_` of Kafka, `ce-` of HTTP, `cloudEvents:` and `cloudEvents_` of AMQP, in any case.
"""

import re
from collections.abc import Iterator

from serializers.errors import DecodeError
from serializers.events.entry_fields import Fields, text
from serializers.formats import strict_json
from serializers.formats.json_limits import JsonValue

_ATTRIBUTE = re.compile(rb"(?:ce[_-]|cloudevents[:_])(.+)", re.IGNORECASE | re.DOTALL)
_CONTENT = "data"
_CONTENT_TYPE = "datacontenttype"
_FIELDS = {
    b"data": _CONTENT,
    b"content-type": _CONTENT_TYPE,
    b"content_type": _CONTENT_TYPE,
    b"datacontenttype": _CONTENT_TYPE,
}
_NEEDED = ("specversion", "id", "source", "type")


def is_meant(fields: Fields) -> bool:
    """Whether any field is an attribute."""
    return any(_ATTRIBUTE.fullmatch(name) for name, _ in fields)


def missing(fields: Fields) -> list[str]:
    """Name the fields without which it is no event, as Kafka's binding has them."""
    given = {name for name, _ in _members(fields)}
    absent = [f"ce_{name}" for name in _NEEDED if name not in given]
    return absent if _CONTENT in given else [*absent, _CONTENT]


def value_of(fields: Fields, max_bytes: int) -> JsonValue:
    """Make the event as structured mode has it: texts, and the content as JSON.

    Args:
        fields: of an entry in which nothing is `missing`.
        max_bytes: the most bytes of attributes and content together.

    Raises:
        DecodeError: it is larger, an attribute has two values or is not UTF-8, or the
            content is not JSON.
    """
    members: dict[str, bytes] = {}
    for name, value in _members(fields):
        if members.setdefault(name, value) != value:
            raise DecodeError(f"event: {_spoken(name)}: given twice, not alike")
    size = sum(map(len, members.values()))
    if size > max_bytes:
        raise DecodeError(f"event: {size} bytes, at most {max_bytes} allowed")
    content = strict_json.loads(members.pop(_CONTENT), document="event: data")
    return {n: _decoded(n, v) for n, v in members.items()} | {_CONTENT: content}


def _members(fields: Fields) -> Iterator[tuple[str, bytes]]:
    for name, value in fields:
        attribute = _ATTRIBUTE.fullmatch(name)
        if name.lower() in _FIELDS:
            yield _FIELDS[name.lower()], value
        elif attribute is not None and attribute[1].lower() != b"data":
            # CloudEvents has no attribute of that name.
            yield text(attribute[1]).lower(), value


def _decoded(name: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        what = f"event: {_spoken(name)}: not UTF-8 at byte {error.start}"
        # From None: the cause would carry the value.
        raise DecodeError(what) from None


def _spoken(name: str) -> str:
    return name if re.fullmatch(r"[a-z0-9_.-]{1,40}", name) else "an attribute"
