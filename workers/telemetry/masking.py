"""Keep secrets out of what is logged, by key and by shape.

It is a second line: nobody should hand a secret to a log. Exception texts of
libraries are where they turn up nevertheless, as URLs with a password mostly.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

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
