"""One signed call of DECK Commerce's API, and what its refusals say."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Final

from serializers.deck.timestamp import timestamp_utc
from serializers.deck.verification_key import verification_key
from serializers.errors import DecodeError
from serializers.formats.refusal_text import Hide
from workers.http import status
from workers.http.client import HttpClient, Reply
from workers.http.excerpt import masked, page, said
from workers.partners.deck.deck_access import DECK, DeckAccess

#: What DECK's Magento module sends.
API_VERSION: Final = "5"


@dataclass(frozen=True, slots=True)
class Signed:
    """A path with what proves one call of it; both texts go into the body, too."""

    path: str
    timestamp: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Content:
    """A body with the headers that speak of it."""

    body: bytes = field(repr=False)
    content_type: str
    accept: str


class DeckCall:
    """Signs and sends calls to one site.

    Args:
        http: shared by the process.
        access: the site.
        clock: the present, aware; it must be right to DECK's tolerance, since
            the verification key is made from it.
    """

    def __init__(
        self, http: HttpClient, access: DeckAccess, clock: Callable[[], datetime]
    ) -> None:
        self._http = http
        self._access = access
        self._clock = clock

    def sign(self, path: str) -> Signed:
        """Make a fresh key for one call of a path."""
        access = self._access
        timestamp = timestamp_utc(self._clock(), access.timestamp_format)
        return Signed(
            path, timestamp, verification_key(path, timestamp, access.api_key)
        )

    def post(self, signed: Signed, content: Content, deadline: float) -> Reply:
        """Send one call; the answer is a 2xx, which does not make it a success.

        Raises:
            Unavailable: no answer, or a momentary status.
            Throttled: 429.
            PermanentError: 3xx or any other 4xx.
        """
        headers = {"Content-Type": content.content_type, "Accept": content.accept}
        if self._access.extra_headers:
            headers["Authorization"] = signed.key
            headers["apiVersion"] = API_VERSION
        reply = self._http.send(
            "POST",
            self._access.base_url + signed.path,
            headers=headers,
            body=content.body,
            deadline=deadline,
            of_whom=DECK,
        )
        done = reply.status < HTTPStatus.MULTIPLE_CHOICES
        words = "" if done else said(reply.body, self._secrets(signed))
        status.check(reply, DECK, now=self._clock(), said=words)
        return reply

    def hide(self, signed: Signed) -> Hide:
        """Return what masks everything that proves our calls."""
        return lambda text: masked(text, self._secrets(signed))

    def unreadable(self, reply: Reply, error: DecodeError, signed: Signed) -> str:
        """Say why a 2xx is no answer, with what a page in its place says."""
        why = page(reply.body, self._secrets(signed))
        return f"{DECK} answered {reply.status}, but: {error}{why}"

    def _secrets(self, signed: Signed) -> tuple[str, str]:
        return self._access.api_key, signed.key
