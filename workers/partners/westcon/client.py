"""Asks Westcon for the lines of orders, and sorts what its gateway answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Final

from serializers.errors import DecodeError, EncodeError
from serializers.formats.refusal_text import Hide
from serializers.westcon.gateway_error import GatewayError, decode_gateway_error
from serializers.westcon.query import StatusQuery, encode_query
from serializers.westcon.reply import MAX_BYTES, StatusLine, decode_reply
from tasks.outcomes.errors import NotYet, PermanentError, Throttled, Unavailable
from workers.http import status
from workers.http.client import HttpClient, Reply
from workers.http.excerpt import masked, page
from workers.partners.oauth import bearer

WESTCON: Final = "Westcon"
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


@dataclass(frozen=True, slots=True)
class WestconAccess:
    """What a Westcon account is asked with.

    Attributes:
        base_url: without a slash at the end.
        subscription_key: of the API portal, one per environment.
        partner_key: the reseller's, given by Westcon.
        language: of the descriptions.
        deadline: seconds for one question, a second token included.
    """

    base_url: str
    subscription_key: str = field(repr=False)
    partner_key: str = field(repr=False)
    language: str = "EN"
    deadline: float = 20.0


class WestconClient:
    """Westcon's order-status API.

    Args:
        http: shared by the process.
        tokens: shared by all workers.
        access: the account.
        clock: the present, aware.
    """

    def __init__(
        self,
        http: HttpClient,
        tokens: bearer.Tokens,
        access: WestconAccess,
        clock: Callable[[], datetime],
    ) -> None:
        self._http = http
        self._tokens = tokens
        self._access = access
        self._clock = clock

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
        # What must not come back in a message, were it sent back to us.
        secrets = [self._access.subscription_key, self._access.partner_key]

        def send(token: str, seconds: float) -> Reply:
            secrets.append(token)
            return self._send(token, body, seconds)

        reply = bearer.call(
            self._tokens,
            send,
            refused=_about_token,
            deadline=self._access.deadline,
            of_whom=WESTCON,
        )
        self._check(reply, lambda text: masked(text, secrets))
        try:
            return decode_reply(reply.body, lambda text: masked(text, secrets))
        except DecodeError as error:
            what = f"{WESTCON} answered 200, but: {error}"
            what += page(reply.body, secrets)
            raise Unavailable(what, code="decode") from error

    def _question(self, order_type: str, orders: tuple[str, ...]) -> bytes:
        access = self._access
        query = StatusQuery(access.partner_key, order_type, access.language, orders)
        try:
            return encode_query(query)
        except EncodeError as error:
            raise PermanentError(f"for {WESTCON}: {error}", code="encode") from error

    def _send(self, token: str, body: bytes, seconds: float) -> Reply:
        headers = {
            "Authorization": f"Bearer {token}",
            "Ocp-Apim-Subscription-Key": self._access.subscription_key,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        return self._http.send(
            "POST",
            self._access.base_url + PATH,
            headers=headers,
            body=body,
            deadline=seconds,
            of_whom=WESTCON,
            max_bytes=MAX_BYTES,
        )

    def _check(self, reply: Reply, hide: Hide) -> None:
        if reply.status == HTTPStatus.OK:
            return
        error = decode_gateway_error(reply.body, hide)
        said = error.message
        match reply.status:
            case HTTPStatus.UNAUTHORIZED:
                raise _refused(error)
            case HTTPStatus.FORBIDDEN if _is_quota(reply, error):
                raise self._throttled(reply, error)
            case HTTPStatus.TOO_MANY_REQUESTS:
                raise self._throttled(reply, error)
        try:
            status.check(reply, WESTCON, now=self._clock(), said=said)
        except PermanentError as refused:
            if reply.status in ABOUT_QUESTION:
                raise
            raise _shut_out(str(refused)) from refused
        # 204 and the like: a success without the lines it should carry.
        what = f"{WESTCON} answered {reply.status} without order lines"
        raise Unavailable(what + (said and f"; it says: {said}"), code="decode")

    def _throttled(self, reply: Reply, error: GatewayError) -> Throttled:
        asked = status.asked_to_wait(reply, self._clock())
        if asked is None:
            # The gateway's text says it as well: of a quota, or of a rate.
            asked = error.quota_seconds or error.wait_seconds
        said = error.message and f": {error.message}"
        what = f"{WESTCON} answered {reply.status}{said}"
        return Throttled(what, code=f"http_{reply.status}", retry_after=asked)


def _about_token(reply: Reply) -> bool:
    if reply.status != HTTPStatus.UNAUTHORIZED:
        return False
    return not decode_gateway_error(reply.body).subscription


def _is_quota(reply: Reply, error: GatewayError) -> bool:
    return error.quota_seconds is not None or "retry-after" in reply.headers


def _shut_out(what: str) -> NotYet:
    what += "; look at WAYBILL_WESTCON__BASE_URL, and at what your API product includes"
    return NotYet(what, code="shut_out", after=KEY_SECONDS, shared=True)


def _refused(error: GatewayError) -> NotYet:
    if error.subscription:
        what = f"{WESTCON} refuses the subscription key: {error.message};"
        what += " look at WAYBILL_WESTCON__SUBSCRIPTION_KEY"
        return NotYet(what, code="subscription_key", after=KEY_SECONDS, shared=True)
    what = (
        f"{WESTCON} refuses a new token as well: {error.message or 'no reason given'};"
    )
    what += " look at WAYBILL_WESTCON__CLIENT_ID and WAYBILL_WESTCON__RESOURCE"
    return NotYet(what, code="token_refused", after=TOKEN_SECONDS, shared=True)
