"""Westcon client for the parcels and serial numbers of one order."""

from http import HTTPStatus
from typing import Final

from serializers.errors import DecodeError, EncodeError
from serializers.westcon.contract import SHIPMENT_DETAIL
from serializers.westcon.shipment_detail import (
    MAX_BYTES,
    DetailQuery,
    ShipmentDetail,
    decode_detail,
    encode_detail_query,
)
from tasks.outcomes.errors import NotYet, PermanentError
from workers.http import status
from workers.http.client import Reply
from workers.http.excerpt import page
from workers.partners.westcon.gateway import Answered, Gateway, Question

PATH: Final = "/shipping/ShipmentDetail"
#: Seconds for which an interface is left alone that the account does not include.
STAND_DOWN: Final = 3_600.0
#: What the gateway answers for an interface that an API product does not include.
NOT_INCLUDED: Final = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
)


def ask(gateway: Gateway, order_type: str, order: str) -> ShipmentDetail:
    """Return what Westcon knows of one order's parcels; any 2xx is an answer.

    Args:
        gateway: of the account.
        order_type: "W" for Westcon's order number, "C" for the customer's.
        order: its number, without padding.

    Raises:
        NotYet: there is no token; or a 401, 403 or 404, which are this interface's
            and no fault of the token: it is left alone for an hour.
        Throttled: the rate or the quota is used up.
        Unavailable: no answer, 408, 425 or 5xx.
        PermanentError: another 4xx, or a redirect.
        DecodeError: a 2xx that holds something else.
    """
    body = _body(gateway, order_type, order)
    # A good token must not be thrown away for an interface that refuses any.
    answered = gateway.post(Question(PATH, body, MAX_BYTES, _never, SHIPMENT_DETAIL))
    _check(gateway, answered)
    try:
        return answered.sight.read(answered.reply, decode_detail)
    except DecodeError as error:
        what = f"{gateway.access.title} answered {answered.reply.status}, but: {error}"
        what += page(answered.reply.body, answered.secrets)
        raise DecodeError(what) from error


def _body(gateway: Gateway, order_type: str, order: str) -> bytes:
    access = gateway.access
    query = DetailQuery(access.partner_key, order_type, access.language, order)
    try:
        return encode_detail_query(query)
    except EncodeError as error:
        raise PermanentError(f"for {access.title}: {error}", code="encode") from error


def _check(gateway: Gateway, answered: Answered) -> None:
    reply, quoted = answered.reply, answered.error().message
    gateway.check_throttled(answered)
    if reply.status in NOT_INCLUDED:
        raise _not_included(gateway.access.title, reply.status, quoted)
    status.check(reply, gateway.access.title, now=gateway.clock(), quoted=quoted)


def _never(_: Reply) -> bool:
    return False


def _not_included(whose: str, answer: int, quoted: str) -> NotYet:
    what = f"{whose} answered {answer} for {PATH}{quoted and f': {quoted}'};"
    what += " your API product may not include it: have it added, or set"
    what += " WAYBILL_WESTCON__SHIPMENT_DETAIL to false"
    return NotYet(what, code="not_included", after=STAND_DOWN, shared=True)
