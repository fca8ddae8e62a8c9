"""Links an order to a customer account at DECK Commerce, one POST per link."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Final, Literal

from serializers.deck import FORMATS, LinkFormat, OrderLink
from serializers.deck_reply import LinkReply, decode_reply
from serializers.errors import DecodeError, EncodeError
from serializers.verification_key import timestamp_utc, verification_key
from tasks.errors import PartnerError, PermanentError, TransientError, Unavailable
from workers.clients import answers
from workers.clients.http import HttpClient, Reply
from workers.clients.masks import masked

DECK: Final = "DECK"
#: In lower case, as DECK's Magento module sends it, and as the key is made with.
PATH: Final = "/api/omsorderlinkaccount"
#: What the same module sends.
API_VERSION: Final = "5"

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
        format: a name in `serializers.deck.FORMATS`.
        deadline: seconds.
        extra_headers: whether `Authorization` and `apiVersion` are sent; DECK's
            Magento module does, whether this call needs them is unknown.
        codes: what a ResponseCode means besides `SUCCESSES`; others give up.
    """

    base_url: str
    site_code: str
    api_key: str = field(repr=False)
    api_username: str = ""
    format: str = "json"
    deadline: float = 20.0
    extra_headers: bool = True
    codes: Mapping[str, Meaning] = field(default_factory=dict)


class DeckClient:
    """DECK Commerce's order-link API.

    Args:
        http: shared by the process.
        access: the site.
        clock: the present, aware; it must be right to DECK's tolerance, since
            the verification key is made from it.

    Raises:
        KeyError: there is no such format.
    """

    def __init__(
        self, http: HttpClient, access: DeckAccess, clock: Callable[[], datetime]
    ) -> None:
        self._http = http
        self._access = access
        self._clock = clock
        self._format: LinkFormat = FORMATS[access.format]
        self._meanings = {**SUCCESSES, **access.codes}

    def link(self, order_number: str, customer_id: str) -> str:
        """Link, with a fresh key, and say how it was answered ("code 0 json").

        Linking sets a value, so a second call with the same values changes nothing.

        Raises:
            Unavailable: no answer, a momentary status, or a 2xx that says neither
                yes nor no.
            Throttled: 429.
            TransientError: a ResponseCode that the settings call momentary.
            PermanentError: any other ResponseCode, 3xx or 4xx; or a text that the
                format cannot carry.
        """
        link = self._link(order_number, customer_id)
        reply = self._send(link)
        now = self._clock()
        answers.check(reply, DECK, now=now, said=self._said(reply))
        answer = self._answer(reply)
        meaning = self._meanings.get(answer.code, "give_up")
        if meaning != "done":
            raise self._refusal(answer, meaning)
        return f"code {answer.code} {self._format.name}"

    def _link(self, order_number: str, customer_id: str) -> OrderLink:
        access = self._access
        timestamp = timestamp_utc(self._clock())
        return OrderLink(
            order_number=order_number,
            customer_id=customer_id,
            site_code=access.site_code,
            api_username=access.api_username,
            timestamp_utc=timestamp,
            verification_key=verification_key(PATH, timestamp, access.api_key),
        )

    def _send(self, link: OrderLink) -> Reply:
        try:
            body = self._format.encode(link)
        except EncodeError as error:
            raise PermanentError(str(error), code="encode") from error
        headers = {
            "Content-Type": self._format.content_type,
            "Accept": self._format.accept,
        }
        if self._access.extra_headers:
            headers["Authorization"] = link.verification_key
            headers["apiVersion"] = API_VERSION
        return self._http.send(
            "POST",
            self._access.base_url + PATH,
            headers=headers,
            body=body,
            deadline=self._access.deadline,
            of_whom=DECK,
        )

    def _answer(self, reply: Reply) -> LinkReply:
        try:
            return decode_reply(reply.body)
        except DecodeError as error:
            what = f"{DECK} answered {reply.status}, but: {error}"
            raise Unavailable(what, code="decode") from error

    def _said(self, reply: Reply) -> str:
        """Return what a refusal says of itself, if it can be read."""
        if reply.status < HTTPStatus.BAD_REQUEST:
            return ""
        try:
            said = decode_reply(reply.body).message
        except DecodeError as error:
            # Its message carries the framework's own, where there is one.
            said = str(error)
        return masked(said, (self._access.api_key,))

    def _refusal(self, answer: LinkReply, meaning: Meaning) -> PartnerError:
        said = masked(answer.message, (self._access.api_key,)) or "no message"
        what = f"{DECK} answered ResponseCode {answer.code}: {said}"
        code = f"deck_{answer.code}"
        if meaning == "again":
            return TransientError(what, code=code)
        return PermanentError(what, code=code)
