"""Read-back of a link that was taken, from DECK Commerce's order history."""

from typing import Final

from serializers.deck.contract import CODE_MEMBER, ORDER_HISTORY, same_code
from serializers.deck.history import (
    HistoryQuery,
    OrderHistory,
    decode_history,
    encode_query,
)
from serializers.drift.shape import Kind
from serializers.errors import DecodeError, EncodeError
from serializers.formats.text import printable
from tasks.outcomes.errors import PermanentError, TransientError, Unavailable
from tasks.outcomes.outcome import read_back_code
from workers.partners.deck.signed_call import (
    Content,
    DeckAccess,
    DeckCall,
    Signed,
    refusal_code,
)

#: In lower case, as DECK's Magento module sends it, and as the key is made with.
HISTORY_PATH: Final = "/api/omsorderhistory"
#: Seconds below which a look is not begun: its answer would come too late.
SHORTEST: Final = 0.5
#: What a CustomerID may take of a message.
SHOWN: Final = 64

_JSON: Final = "application/json"


class DeckLook:
    """Reads links back; every failure reports that the link itself was taken.

    Args:
        call: signs and sends.
        access: the site.
    """

    def __init__(self, call: DeckCall, access: DeckAccess) -> None:
        self._call = call
        self._access = access
        self._meanings = access.meanings()
        self._taken = f"{access.title} took the link, but "

    def look(self, order_number: str, customer_id: str, seconds: float) -> None:
        """Return if DECK has the customer at the order.

        Args:
            order_number: the order as DECK knows it.
            customer_id: the account it was linked to.
            seconds: the most this may take.

        Raises:
            Unavailable: no answer, a momentary status, an answer without a code.
            Throttled: 429.
            TransientError: another customer or none is there, or time was short.
            PermanentError: a refused look, or a code that the settings give up.
        """
        if seconds < SHORTEST:
            message = f"{self._taken}so late that there was no time to look for it"
            raise TransientError(message, code=read_back_code())
        try:
            found = self._history(order_number, seconds)
        except TransientError as error:
            after, code = error.retry_after, read_back_code(error.code)
            raise type(error)(
                f"{self._taken}{error}", code=code, retry_after=after
            ) from error
        except PermanentError as error:
            code = read_back_code(error.code)
            raise PermanentError(f"{self._taken}{error}", code=code) from error
        if customer_id.strip() not in found.customers:
            message = self._taken + _missing(found)
            raise TransientError(message, code=read_back_code())

    def customers(self, order_number: str, seconds: float) -> tuple[str, ...]:
        """The CustomerID of each record that DECK has of an order.

        Raises:
            PartnerError: as `look` does, but for a customer that is not there.
        """
        return self._history(order_number, seconds).customers

    def _history(self, order_number: str, seconds: float) -> OrderHistory:
        signed = self._call.sign(HISTORY_PATH)
        content = Content(self._query(order_number, signed), _JSON, _JSON)
        sight = self._call.sight(ORDER_HISTORY, signed)
        reply = self._call.post(signed, content, seconds, sight)
        try:
            found = sight.read(
                reply,
                lambda body, hide, seen: decode_history(body, order_number, hide, seen),
            )
        except DecodeError as error:
            what = self._call.unreadable(reply, error, signed)
            raise Unavailable(what, code="decode") from error
        if same_code(found.code) not in self._meanings:
            sight.value(Kind.CODE, "", CODE_MEMBER, found.code)
        self._check(found)
        return found

    def _query(self, order_number: str, signed: Signed) -> bytes:
        access = self._access
        query = HistoryQuery(
            order_number=order_number,
            site_code=access.site_code,
            api_username=access.api_username,
            timestamp_utc=signed.timestamp,
            verification_key=signed.key,
        )
        try:
            return encode_query(query)
        except EncodeError as error:
            raise PermanentError(str(error), code="encode") from error

    def _check(self, found: OrderHistory) -> None:
        """Let a success pass.

        A code that nobody has given a meaning may stand for an order that is not
        there yet, so it is looked at again; the attempts end that.
        """
        meaning = self._meanings.get(same_code(found.code), "again")
        if meaning == "done":
            return
        quoted = found.message or "no message"
        what = f"its order history answered ResponseCode {found.code}: {quoted}"
        code = refusal_code(found.code)
        if meaning == "give_up":
            raise PermanentError(what, code=code)
        raise TransientError(what, code=code)


def _missing(found: OrderHistory) -> str:
    if not found.customers:
        return "its order history does not have the order"
    known = ", ".join(printable(one, SHOWN) or "none" for one in found.customers[:3])
    return f"its order history has CustomerID {known}"
