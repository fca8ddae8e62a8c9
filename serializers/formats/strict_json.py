"""Strict JSON (RFC 8259, RFC 7493): one reading with exact numbers, or an error."""

import codecs
import json
import re
from typing import Self, cast

from serializers.errors import DecodeError, EncodeError
from serializers.formats.json_limits import (
    JsonValue,
    LimitError,
    bounded_float,
    bounded_int,
    check_depth,
    complaint,
    no_constant,
    place,
)

__all__ = ["JsonValue", "dumps", "loads"]

_NUMBER = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?")


class ExactFloat(float):
    """A number with a fraction or an exponent, and how it was written.

    Args:
        literal: a JSON number.
    """

    __slots__ = ("literal",)

    literal: str

    def __new__(cls, literal: str) -> Self:
        number = super().__new__(cls, literal)
        number.literal = literal
        return number


def exact(number: float) -> str:
    """Give the one spelling of a number as it was written: 1, 1.0 and 1e0 are "1e0".

    0.1 and 0.10000000000000000001 have two, though one float holds both.
    """
    return exact_decimal(getattr(number, "literal", "") or repr(number))


def exact_decimal(literal: str) -> str:
    """Give the one spelling of a decimal: digits without needless zeros, e, exponent.

    Raises:
        ValueError: it is no decimal.
    """
    match = _NUMBER.fullmatch(literal)
    if match is None:
        raise ValueError("no decimal")
    sign, whole, fraction, exponent = match.groups(default="")
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return "0e0"
    shortest = digits.rstrip("0")
    power = int(exponent or 0) - len(fraction) + len(digits) - len(shortest)
    return f"{sign.replace('+', '')}{shortest}e{power}"


_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SPEAKABLE = re.compile(r"[\w.:-]{1,40}", re.ASCII)


def loads(body: bytes, *, document: str, max_bytes: int = 1_048_576) -> JsonValue:
    """Read UTF-8 JSON that every reader understands alike.

    Args:
        body: the bytes as they came.
        document: what they are, for the message.
        max_bytes: the most bytes that are looked at.

    Raises:
        DecodeError: too large, not UTF-8, a byte order mark, not JSON, anything
            after the value, NaN or an infinity, a number out of bounds, nested
            too deep, a key given twice, half a surrogate pair. Nothing else.
    """
    if len(body) > max_bytes:
        raise DecodeError(f"{document}: {len(body)} bytes, at most {max_bytes} allowed")
    if body.startswith(codecs.BOM_UTF8):
        raise DecodeError(f"{document}: begins with a byte order mark")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        # From None, here and below: the cause would carry the whole document.
        raise DecodeError(f"{document}: not UTF-8 at byte {error.start}") from None
    try:
        return _read(text)
    except LimitError as error:
        raise DecodeError(f"{document}: {error}{place(text, error)}") from None
    except json.JSONDecodeError as error:
        raise DecodeError(f"{document}: {complaint(error)}") from None


def dumps(value: object) -> bytes:
    """Write compact UTF-8, keys in the order given.

    Raises:
        EncodeError: NaN, an infinity or half a surrogate pair.
    """
    try:
        return _ENCODER.encode(value).encode()
    except ValueError as error:
        why = "holds a number or a character that JSON has no place for"
        raise EncodeError("JSON", "a value", why) from error


def _read(text: str) -> JsonValue:
    check_depth(text)
    value = _DECODER.decode(text)
    if "\\u" in text and _SURROGATE.search(text):
        _check_pairs(value)
    # The decoder builds nothing but these types.
    return cast("JsonValue", value)


def _check_pairs(value: object) -> None:
    try:
        _ENCODER.encode(value).encode()
    except UnicodeEncodeError:
        raise LimitError("half a surrogate pair in a text") from None


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise LimitError(f"the key {_twice(pairs)} is given twice")
    return members


def _float(literal: str) -> float:
    bounded_float(literal)
    return ExactFloat(literal)


def _twice(pairs: list[tuple[str, JsonValue]]) -> str:
    keys = [key for key, _ in pairs]
    key = next(key for key in keys if keys.count(key) > 1)
    return key if _SPEAKABLE.fullmatch(key) else "(unspeakable)"


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_float=_float,
    parse_int=bounded_int,
    parse_constant=no_constant,
)
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False
)
