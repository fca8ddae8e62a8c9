"""Westcon client: asks for the lines of orders, and sorts the gateway's answers."""

from collections.abc import Callable, Container
from datetime import datetime
from http import HTTPStatus
from typing import Final

from serializers.drift.shape import Kind
from serializers.errors import DecodeError, EncodeError
from serializers.westcon.contract import LINE, ORDER_STATUS
from serializers.westcon.gateway_error import GatewayError
from serializers.westcon.query import StatusQuery, encode_query
from serializers.westcon.reply import MAX_BYTES, StatusLine, decode_reply
from serializers.westcon.shipment_detail import ShipmentDetail
from tasks.outcomes.errors import NotYet, PermanentError, Unavailable
from workers.http import status
from workers.http.client import HttpClient
from workers.http.excerpt import page
from workers.partners.oauth.bearer import Tokens
from workers.partners.observer import NOBODY, Observer, Sight
from workers.partners.westcon import shipment_detail
from workers.partners.westcon.gateway import (
    Answered,
    Gateway,
    Question,
    WestconAccess,
    about_token,
)

PATH: Final = "/Orders/orderStatus"
#: Seconds until it is worth trying a subscription key again that was refused.
KEY_SECONDS: Final = 900.0
#: The same for access as a whole.
TOKEN_SECONDS: Final = 300.0
#: Refusals that may be one order's fault. Any other 4xx, and a redirect, meets every
#: order alike: Westcon answers 200 for orders that it does not know or show.
ABOUT_QUESTION: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)


class WestconClient:
    """Westcon's order status and shipment detail, of one account.

    Args:
        http: shared by the process.
        tokens: shared by all workers.
        access: the account.
        clock: the present, aware.
        observer: looks at the answers.
        statuses: line statuses that have a meaning.
    """

    def __init__(
        self,
        http: HttpClient,
        tokens: Tokens,
        access: WestconAccess,
        clock: Callable[[], datetime],
        observer: Observer = NOBODY,
        statuses: Container[str] = (),
    ) -> None:
        self._gateway = Gateway(http, tokens, access, clock, observer)
        self._statuses = statuses
        self._title, self._named = access.title, access.instance

    def order_status(
        self, order_type: str, orders: tuple[str, ...]
    ) -> tuple[StatusLine, ...]:
        """Return all lines of the orders that Westcon answered about.

        Args:
            order_type: "W" for Westcon's order numbers, "C" for the customer's.
            orders: numbers without padding, 10 at most: Westcon is known to drop
                the rest in silence.

        Raises:
            NotYet: no token, a refused token or subscription key, or no way in.
            Throttled: the rate or the quota is used up.
            Unavailable: no answer, 5xx, or a 200 that is no answer.
            PermanentError: the question itself was refused.
        """
        body = self._question(order_type, orders)
        question = Question(PATH, body, MAX_BYTES, about_token, ORDER_STATUS)
        answered = self._gateway.post(question)
        self._check(answered)
        try:
            lines = answered.sight.read(answered.reply, decode_reply)
        except DecodeError as error:
            what = f"{self._title} answered 200, but: {error}"
            what += page(answered.reply.body, answered.secrets)
            raise Unavailable(what, code="decode") from error
        for line in lines:
            if line.unread or line.status not in self._statuses:
                _note(line, answered.sight, self._statuses)
        return lines

    def shipment_detail(self, order_type: str, order: str) -> ShipmentDetail:
        """See `workers.partners.westcon.shipment_detail.ask`."""
        return shipment_detail.ask(self._gateway, order_type, order)

    def _question(self, order_type: str, orders: tuple[str, ...]) -> bytes:
        access = self._gateway.access
        query = StatusQuery(access.partner_key, order_type, access.language, orders)
        try:
            return encode_query(query)
        except EncodeError as error:
            raise PermanentError(
                f"for {self._title}: {error}", code="encode"
            ) from error

    def _check(self, answered: Answered) -> None:
        reply = answered.reply
        if reply.status == HTTPStatus.OK:
            return
        error = answered.error()
        quoted = error.message
        if reply.status == HTTPStatus.UNAUTHORIZED:
            raise self._refused(error)
        self._gateway.check_throttled(answered)
        try:
            status.check(reply, self._title, now=self._gateway.clock(), quoted=quoted)
        except PermanentError as refused:
            if reply.status in ABOUT_QUESTION:
                raise
            raise self._shut_out(str(refused)) from refused
        # 204 and the like: a success without the lines it should carry.
        what = f"{self._title} answered {reply.status} without order lines"
        raise Unavailable(what + (quoted and f"; it reads: {quoted}"), code="decode")

    def _shut_out(self, what: str) -> NotYet:
        base = self._named.setting("base_url")
        what += f"; look at {base}, and at what your API product includes"
        return NotYet(what, code="shut_out", after=KEY_SECONDS, shared=True)

    def _refused(self, error: GatewayError) -> NotYet:
        whose, named = self._title, self._named.setting
        if error.subscription:
            what = f"{whose} refuses the subscription key: {error.message};"
            what += f" look at {named('subscription_key')}"
            return NotYet(what, code="subscription_key", after=KEY_SECONDS, shared=True)
        what = f"{whose} refuses a new token as well:"
        what += f" {error.message or 'no reason given'};"
        what += f" look at {named('client_id')} and {named('resource')}"
        return NotYet(what, code="token_refused", after=TOKEN_SECONDS, shared=True)


def _note(line: StatusLine, sight: Sight, known: Container[str]) -> None:
    """Note what was read of a line and has no meaning."""
    if line.status not in known:
        sight.value(Kind.STATUS, LINE, "linestatuscode", line.status)
    for one in line.unread:
        sight.value(Kind.VALUE, LINE, one.field.lower(), one.text)
