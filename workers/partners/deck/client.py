"""DECK Commerce client: links an order to a customer account, one POST per link."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from serializers.deck.contract import CODE_MEMBER, ORDER_LINK, ORDER_LINK_XML, same_code
from serializers.deck.formats import FORMATS, LinkFormat, OrderLink
from serializers.deck.reply import LinkReply, decode_reply
from serializers.drift.shape import Kind
from serializers.errors import DecodeError, EncodeError
from tasks.outcomes.errors import (
    PartnerError,
    PermanentError,
    TransientError,
    Unavailable,
)
from workers.http.client import HttpClient, Reply
from workers.partners.deck.order_history import DeckLook
from workers.partners.deck.signed_call import (
    Content,
    DeckAccess,
    DeckCall,
    Meaning,
    Signed,
    refusal_code,
)
from workers.partners.observer import NOBODY, Observer, Sight

__all__ = ["PATH", "DeckAccess", "DeckClient"]

#: In lower case, as DECK's Magento module sends it, and as the key is made with.
PATH: Final = "/api/omsorderlinkaccount"


class DeckClient:
    """DECK Commerce's order-link API.

    Args:
        http: shared by the process.
        access: the site.
        clock: the present, aware; it must be right to DECK's tolerance, since
            the verification key is made from it.
        observer: looks at the answers.

    Raises:
        KeyError: there is no such format.
    """

    def __init__(
        self,
        http: HttpClient,
        access: DeckAccess,
        clock: Callable[[], datetime],
        observer: Observer = NOBODY,
    ) -> None:
        self._access = access
        self._format: LinkFormat = FORMATS[access.format]
        self._meanings = access.meanings()
        self._of = ORDER_LINK_XML if "xml" in self._format.accept else ORDER_LINK
        self._call = DeckCall(http, access, clock, observer)
        self._history = DeckLook(self._call, access)

    def link(self, order_number: str, customer_id: str) -> str:
        """Link, with a fresh key; return how it was answered ("code 0 json").

        Linking sets a value, so a second call with the same values changes nothing.
        Where the settings ask for it, the link is then looked for.

        Raises:
            Unavailable: no answer, a momentary status, or a 2xx that reports neither
                yes nor no.
            Throttled: 429.
            TransientError: a ResponseCode that the settings call momentary; or the
                link was taken and is not there yet (`tasks.execution.link`).
            PermanentError: any other ResponseCode, 3xx or 4xx; or a text that the
                format cannot carry.
        """
        signed = self._call.sign(PATH)
        content = self._content(order_number, customer_id, signed)
        sight = self._call.sight(self._of, signed)
        reply = self._call.post(signed, content, self._access.deadline, sight)
        answer = self._answer(reply, signed, sight)
        meaning = self._meanings.get(same_code(answer.code), "give_up")
        if meaning != "done":
            raise _refusal(self._access.title, answer, meaning)
        quoted = f"code {answer.code} {self._format.name}"
        if not self._access.read_back:
            return quoted
        left = self._access.deadline - reply.milliseconds / 1000
        self._history.look(order_number, customer_id, left)
        return f"{quoted}, read back"

    def look(self, order_number: str, customer_id: str) -> str:
        """Look again for a link that was taken; link anew where looks are off.

        Raises:
            PartnerError: see `DeckLook.look` and `link`.
        """
        if not self._access.read_back:
            return self.link(order_number, customer_id)
        self._history.look(order_number, customer_id, self._access.deadline)
        return "read back"

    def customers(self, order_number: str) -> tuple[str, ...]:
        """Whose DECK has an order; raises PartnerError."""
        return self._history.customers(order_number, self._access.deadline)

    def _content(self, order_number: str, customer_id: str, signed: Signed) -> Content:
        link = OrderLink(
            order_number=order_number,
            customer_id=customer_id,
            site_code=self._access.site_code,
            api_username=self._access.api_username,
            timestamp_utc=signed.timestamp,
            verification_key=signed.key,
        )
        try:
            body = self._format.encode(link)
        except EncodeError as error:
            raise PermanentError(str(error), code="encode") from error
        return Content(body, self._format.content_type, self._format.accept)

    def _answer(self, reply: Reply, signed: Signed, sight: Sight) -> LinkReply:
        try:
            answer = sight.read(reply, decode_reply)
        except DecodeError as error:
            what = self._call.unreadable(reply, error, signed)
            raise Unavailable(what, code="decode") from error
        if same_code(answer.code) not in self._meanings:
            sight.value(Kind.CODE, "", CODE_MEMBER, answer.code)
        return answer


def _refusal(whose: str, answer: LinkReply, meaning: Meaning) -> PartnerError:
    what = f"{whose} answered ResponseCode {answer.code}: "
    what += answer.message or "no message"
    code = refusal_code(answer.code)
    if meaning == "again":
        return TransientError(what, code=code)
    return PermanentError(what, code=code)
