"""Signed call of a DECK Commerce site, and the meaning of its codes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Final, Literal

from serializers.deck.contract import same_code
from serializers.deck.timestamp import timestamp_utc, verification_key
from serializers.drift.contract import Contract
from serializers.errors import DecodeError
from serializers.formats.text import Hide
from tasks.planning.rules import DECK as NAME
from workers.fields.instance import Instance
from workers.http import status
from workers.http.client import HttpClient, Reply
from workers.http.excerpt import masked, page, quoted
from workers.partners.observer import NOBODY, Observer, Sight

DECK: Final = "DECK"
#: The site that the settings without a name are.
ONLY: Final = Instance(NAME)

Meaning = Literal["done", "again", "give_up"]
#: The two codes that DECK's Magento module takes for success: done, and queued.
SUCCESSES: Final[Mapping[str, Meaning]] = MappingProxyType({"0": "done", "15": "done"})


@dataclass(frozen=True, slots=True)
class DeckAccess:
    """What a DECK site is called with.

    Attributes:
        base_url: without a slash at the end.
        site_code: the site's code.
        api_key: the site's key, or the user's when there is a user.
        api_username: "" when the key is the site's.
        format: a name in `serializers.deck.formats.FORMATS`.
        deadline: seconds for one attempt, a link with its read-back.
        extra_headers: whether `Authorization` and `apiVersion` are sent; DECK's
            Magento module does, whether this call needs them is unknown.
        codes: what a ResponseCode means besides `SUCCESSES`, by number or name in
            any spelling; others give up.
        timestamp_format: see `serializers.deck.timestamp`.
        read_back: whether a link is done only when DECK's order history has it.
        instance: which site it is.
    """

    base_url: str
    site_code: str
    api_key: str = field(repr=False)
    api_username: str
    format: str
    deadline: float
    extra_headers: bool
    codes: Mapping[str, Meaning]
    timestamp_format: str
    read_back: bool
    instance: Instance = ONLY

    @property
    def title(self) -> str:
        """What it is called in messages."""
        return self.instance.called(DECK)

    def meanings(self) -> Mapping[str, Meaning]:
        """What each code means, to be looked up with `same_code`."""
        own = {same_code(code): meaning for code, meaning in self.codes.items()}
        return {**SUCCESSES, **own}


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
        observer: looks at the answers.
    """

    def __init__(
        self,
        http: HttpClient,
        access: DeckAccess,
        clock: Callable[[], datetime],
        observer: Observer = NOBODY,
    ) -> None:
        self._http = http
        self._access = access
        self._clock = clock
        self._observer = observer
        self._place = access.instance.destination

    def sign(self, path: str) -> Signed:
        """Make a fresh key for one call of a path."""
        access = self._access
        timestamp = timestamp_utc(self._clock(), access.timestamp_format)
        return Signed(
            path, timestamp, verification_key(path, timestamp, access.api_key)
        )

    def sight(self, of: Contract, signed: Signed) -> Sight:
        """How one call is looked at."""
        return self._observer.sight(of, self._place, self.hide(signed))

    def post(
        self, signed: Signed, content: Content, deadline: float, sight: Sight
    ) -> Reply:
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
        reply = sight.sent(
            lambda: self._http.send(
                "POST",
                self._access.base_url + signed.path,
                headers=headers,
                body=content.body,
                deadline=deadline,
                of_whom=self._access.title,
            )
        )
        done = reply.status < HTTPStatus.MULTIPLE_CHOICES
        words = "" if done else quoted(reply.body, self._secrets(signed))
        status.check(reply, self._access.title, now=self._clock(), quoted=words)
        return reply

    def hide(self, signed: Signed) -> Hide:
        """Return what masks everything that proves our calls."""
        return lambda text: masked(text, self._secrets(signed))

    def unreadable(self, reply: Reply, error: DecodeError, signed: Signed) -> str:
        """Describe why a 2xx is no answer, with the text of a page in its place."""
        why = page(reply.body, self._secrets(signed))
        return f"{self._access.title} answered {reply.status}, but: {error}{why}"

    def _secrets(self, signed: Signed) -> tuple[str, str]:
        return self._access.api_key, signed.key


#: A number, or a name as .NET's enumerations have them.
_CODE: Final = re.compile(r"-?[0-9]{1,18}|[A-Za-z]{1,40}")


def refusal_code(response_code: str) -> str:
    """Give "deck_" and the code; "deck_other" for a text that is none.

    A code goes into logs and to Flower, where a partner's words have no place.
    """
    known = _CODE.fullmatch(response_code) is not None
    return f"deck_{response_code if known else 'other'}"
