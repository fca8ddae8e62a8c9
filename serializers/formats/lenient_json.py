"""Lenient JSON, as partners write it: forgiving about spelling, strict about size.

Keys come out in lower case, because the same partner writes `orderNumber`,
`OrderNumber` and `ordernumber`. A key given twice keeps its last value, a byte
that is no UTF-8 becomes a replacement character: neither is worth a dead
letter. What would make a reader slow or fall over is refused as in `strict_json`.
"""

import codecs
import json
import re
from typing import cast

from serializers.errors import DecodeError
from serializers.formats.json_limits import (
    JsonValue,
    LimitError,
    bounded_int,
    check_depth,
    complaint,
    finite_float,
    no_constant,
)

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def loads(body: bytes, *, document: str, max_bytes: int = 1_048_576) -> JsonValue:
    """Read what a partner sent; every key is in lower case.

    Args:
        body: the bytes as they came.
        document: what they are, for the message.
        max_bytes: the most bytes that are looked at.

    Raises:
        DecodeError: too large, empty, markup, not JSON, nested too deep, a
            number out of bounds. Nothing else.
    """
    if len(body) > max_bytes:
        raise DecodeError(f"{document}: {len(body)} bytes, at most {max_bytes} allowed")
    encoding = "utf-16" if body.startswith(_UTF_16) else "utf-8-sig"
    return loads_text(body.decode(encoding, errors="replace"), document=document)


def loads_text(text: str, *, document: str) -> JsonValue:
    """Read JSON that arrived as a text, for one inside another JSON document.

    Raises:
        DecodeError: as `loads`.
    """
    text = text.strip()
    if not text:
        raise DecodeError(f"{document}: empty")
    if text.startswith("<"):
        raise DecodeError(f"{document}: markup (an HTML or XML page) instead of JSON")
    try:
        return _read(text)
    except LimitError as error:
        raise DecodeError(f"{document}: {error}") from None
    except json.JSONDecodeError as error:
        # From None: the cause would carry the whole document.
        raise DecodeError(f"{document}: {complaint(error)}") from None


def text_of(value: JsonValue) -> str:
    """Give a scalar as a stripped text; null, objects and arrays are ""."""
    match value:
        case str():
            return value.strip()
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case _:
            return ""


def objects_of(value: JsonValue) -> list[dict[str, JsonValue]]:
    """Give the objects in a list, or the one that stands for a list of one."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


def _read(text: str) -> JsonValue:
    check_depth(text)
    value = _DECODER.decode(text)
    if "\\u" in text and _SURROGATE.search(text):
        whole = json.dumps(value, ensure_ascii=False).encode(errors="replace")
        value = _DECODER.decode(whole.decode())
    # The decoder builds nothing but these types.
    return cast("JsonValue", value)


def _folded(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    return {key.lower(): value for key, value in pairs}


_DECODER = json.JSONDecoder(
    object_pairs_hook=_folded,
    parse_float=finite_float,
    parse_int=bounded_int,
    parse_constant=no_constant,
    # A raw line break inside a text is a slip, and its meaning is plain.
    strict=False,
)
