"""Makes what a partner said fit for a message: short, printable, without secrets."""

from collections.abc import Iterable
from typing import Final

from serializers.plain_text import printable

MASK: Final = "***"
#: The most characters of a partner's text in a message.
SAID: Final = 200
#: Shorter ones would mask half the text, and are no secrets.
_SHORTEST: Final = 4


def masked(text: str, secrets: Iterable[str]) -> str:
    """Put a mask wherever one of the secrets is repeated."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, MASK)
    return text


def excerpt(body: bytes, secrets: Iterable[str]) -> str:
    """Return the beginning of an answer, at most 200 characters of it."""
    # Masked before it is cut: half a secret at the end would not be found.
    text = body[:4_096].decode("utf-8", "replace")
    return printable(" ".join(masked(text, secrets).split()), SAID)
