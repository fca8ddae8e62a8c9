"""Decoder of token endpoints' answers: Microsoft's for Westcon, Ingram's own."""

import re
from dataclasses import dataclass, field

from serializers.drift.contract import Seen, unseen
from serializers.errors import DecodeError
from serializers.formats import lenient_json
from serializers.formats.json_limits import JsonValue
from serializers.formats.lenient_json import text_of
from serializers.formats.refusal_text import partner_text
from serializers.formats.text import Hide, printable

DOCUMENT = "token reply"
MAX_LENGTH = 200
MAX_CODES = 10

# RFC 6750 states what fits behind "Bearer "; anything else could break the header.
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
_SECONDS = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?")
_CODE = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Token:
    """A token and when it ends, as far as the endpoint states it.

    Attributes:
        access_token: the secret itself.
        expires_in: seconds from the reply on.
        expires_on: UTC seconds.
    """

    access_token: str = field(repr=False)
    expires_in: float | None = None
    expires_on: float | None = None


@dataclass(frozen=True, slots=True)
class TokenError:
    """Why there was no token.

    Attributes:
        error: RFC 6749's code ("invalid_client") or Apigee's; "" if none. This is
            what to branch on: Microsoft promises neither its numbers nor texts.
        codes: Microsoft's AADSTS numbers.
        message: one line for people, at most 200 printable characters.
    """

    error: str
    codes: tuple[int, ...]
    message: str


def decode_token(body: bytes, seen: Seen = unseen) -> Token:
    """Read a token; its times may be numbers or texts, both were met.

    Args:
        body: the bytes as they came.
        seen: is shown the document.

    Raises:
        DecodeError: no JSON object, or no access_token fit for a header.
    """
    value = lenient_json.loads(body, document=DOCUMENT)
    seen(value)
    if not isinstance(value, dict):
        raise DecodeError(f"{DOCUMENT}: must be an object")
    access_token = value.get("access_token")
    if not isinstance(access_token, str) or not _TOKEN.fullmatch(access_token):
        raise DecodeError(f"{DOCUMENT}: no access_token that fits in a header")
    return Token(
        access_token=access_token,
        expires_in=_seconds(value.get("expires_in")),
        expires_on=_seconds(value.get("expires_on")),
    )


def decode_token_error(body: bytes, hide: Hide = str) -> TokenError:
    """Read Microsoft's, Ingram's or Apigee's refusal; any bytes give a value.

    Args:
        body: the bytes as they came.
        hide: puts masks over secrets in the message.
    """
    # Microsoft adds trace id, correlation id and time, a line each.
    first, *_ = partner_text(body).splitlines() or [""]
    words = printable(hide(first), MAX_LENGTH)
    try:
        value = lenient_json.loads(body, document=DOCUMENT)
    except DecodeError:
        what = "the answer is not JSON"
        return TokenError("", (), f"{what}; it reads: {words}" if words else what)
    if not isinstance(value, dict):
        return TokenError("", (), words or "the answer is not a JSON object")
    error, codes = text_of(value.get("error")), _codes(value.get("error_codes"))
    if isinstance(fault := value.get("fault"), dict):
        error = _apigee_code(fault)
    # Where there is nothing but the code, it is not stated twice.
    message = "" if words == error else words
    return TokenError(printable(error, 80), codes, message or "no reason given")


def _apigee_code(fault: dict[str, JsonValue]) -> str:
    detail = fault.get("detail")
    return text_of(detail.get("errorcode")) if isinstance(detail, dict) else ""


def _seconds(value: JsonValue) -> float | None:
    text = text_of(value)
    return float(text) if _SECONDS.fullmatch(text) else None


def _codes(value: JsonValue) -> tuple[int, ...]:
    listed = value[:MAX_CODES] if isinstance(value, list) else [value]
    texts = [text_of(item) for item in listed]
    return tuple(int(text) for text in texts if _CODE.fullmatch(text))
