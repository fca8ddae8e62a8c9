"""Excerpts of a partner's text for messages: short, printable, without secrets."""

import html
import json
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus

from serializers.formats.refusal_text import is_page, partner_text
from serializers.formats.text import printable

MASK: Final = "***"
#: The most characters of a partner's text in a message.
MAX_QUOTED: Final = 200
#: Shorter ones would mask half the text, and are no secrets.
_SHORTEST: Final = 4


def masked(text: str, secrets: Iterable[str]) -> str:
    """Put a mask wherever one of the secrets is repeated, in a URL or in markup too."""
    spellings = {one for secret in secrets for one in _spellings(secret)}
    for secret in sorted(spellings, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def quoted(body: bytes, secrets: Iterable[str]) -> str:
    """Return the words of a refusal, at most 200 characters; see `partner_text`."""
    return _short(partner_text(body), secrets)


def page(body: bytes, secrets: Iterable[str]) -> str:
    """Return the text of a page in a document's place, as a sentence's end."""
    words = quoted(body, secrets) if is_page(body) else ""
    return f"; it reads: {words}" if words else ""


def excerpt(body: bytes, secrets: Iterable[str]) -> str:
    """Return the words of an answer or, where it has none, its beginning."""
    secrets = tuple(secrets)
    return quoted(body, secrets) or _short(
        body[:4_096].decode("utf-8", "replace"), secrets
    )


def _short(text: str, secrets: Iterable[str]) -> str:
    # Masked before it is cut: half a secret at the end would not be found.
    return printable(" ".join(masked(text, secrets).split()), MAX_QUOTED)


def _spellings(secret: str) -> Iterator[str]:
    """A secret as it is, and as it is written in a form, a URL, JSON or markup."""
    if len(secret) >= _SHORTEST:
        yield secret
        yield quote(secret, safe="")
        yield quote_plus(secret)
        yield json.dumps(secret)[1:-1]
        yield html.escape(secret)
