"""Masking of secrets and partners' texts in logs: by key, shape, place of error.

It is a second line: nobody should hand a secret to a log. Exception texts of
libraries are where they turn up nevertheless, as URLs with a password mostly.
"""

import re
import traceback
from collections.abc import Mapping
from functools import lru_cache
from pathlib import PurePath
from typing import Any, Final

MASK = "***"
#: Keys, without case, `-`, `_` and blanks, whose values are never shown.
_SECRET_KEY = re.compile(
    r"authorization|clientsecret|token|signature|password|secret|apikey"
    r"|subscriptionkey|partnerkey|verificationkey"
)
_SEPARATORS = str.maketrans("", "", "-_ ")
_CREDENTIALS = re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]+", re.IGNORECASE)
#: `scheme://user:password@`; the user goes too, being a credential as often as not.
_USER_OF_URL = re.compile(r"://[^\s/?#\"'<>]*@")
#: `client_secret=…`, `"access_token": "…"`, `<VerificationKey>…` inside a text.
_PAIR = re.compile(
    r"((?:authorization|client[-_]?secret|token|signature|password|secret|api[-_]?key"
    r"|subscription[-_]?key|partner[-_]?key|verification[-_]?key)"
    r"[\\\"']*\s*[=:>]\s*\\?)(\"[^\"]*\"|'[^']*'|[^\s\"'&,;}\])<]+)",
    re.IGNORECASE,
)
#: How deep a value is followed; what lies deeper is not worth a log line.
_DEEPEST = 6


def masked_text(text: str) -> str:
    """Mask credentials wherever they stand in a text."""
    # Looking for a character first keeps the cost of a plain line near nothing.
    if "@" in text:
        text = _USER_OF_URL.sub(f"://{MASK}@", text)
    if " " in text or "\t" in text:
        text = _CREDENTIALS.sub(rf"\1 {MASK}", text)
    if "=" in text or ":" in text or ">" in text:
        text = _PAIR.sub(rf"\1{MASK}", text)
    return text


def masked(value: Any, depth: int = 0) -> Any:
    """Mask what a value holds; objects become their text, bytes their number."""
    match value:
        case str():
            return masked_text(value)
        case None | bool() | int() | float():
            return value
        case bytes() | bytearray() | memoryview():
            # Bytes are payloads, and payloads are not logged.
            return f"<{len(value)} bytes>"
        case Mapping() | list() | tuple() | set() | frozenset():
            return _inside(value, depth + 1)
        case _:
            return masked_text(str(value))


def masked_fields(fields: Mapping[Any, Any], depth: int = 0) -> dict[str, Any]:
    """Mask a mapping: the values of secret keys whole, all others inside."""
    return {
        str(key): MASK
        if value is not None and _is_secret(str(key))
        else masked(value, depth)
        for key, value in fields.items()
    }


def _inside(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return masked_fields(value, depth)
    return [masked(item, depth) for item in value]


@lru_cache(maxsize=1024)
def _is_secret(key: str) -> bool:
    return _SECRET_KEY.search(key.lower().translate(_SEPARATORS)) is not None


#: The innermost calls that are named; the outer ones are the same for every error.
_CALLS: Final = 8


def raised_at(error: BaseException) -> str:
    """Name the calls, innermost first: "execution/link.py:18 send, …".

    Behind "from" stand the class and the calls of the error that led to it.
    """
    calls = _calls(error)
    earlier = error.__cause__
    if earlier is None and not error.__suppress_context__:
        earlier = error.__context__
    if earlier is None:
        return calls
    return f"{calls}; from {type(earlier).__name__} at {_calls(earlier)}"


def _calls(error: BaseException) -> str:
    walked = [
        (frame.f_code, line) for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    inner = walked[: -_CALLS - 1 : -1]
    return ", ".join(
        f"{_short(code.co_filename)}:{n} {code.co_name}" for code, n in inner
    )


def _short(path: str) -> str:
    return "/".join(PurePath(path).parts[-2:])
