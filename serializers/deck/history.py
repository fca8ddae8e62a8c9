"""DECK Commerce's order history: its question and answer in JSON."""

from dataclasses import dataclass, field

from serializers.deck.contract import code_of
from serializers.deck.reply import message_of, without_code
from serializers.drift.contract import Seen, unseen
from serializers.errors import DecodeError, EncodeError
from serializers.formats import lenient_json, strict_json
from serializers.formats.json_limits import JsonValue
from serializers.formats.lenient_json import objects_of, text_of
from serializers.formats.text import Hide

DOCUMENT = "DECK order history"


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """The body of POST api/OmsOrderHistory, about one order.

    Attributes:
        order_number: the order as DECK knows it.
        site_code: the DECK site.
        api_username: whose key made the verification key; "" when the site's did.
        timestamp_utc: see `serializers.deck.timestamp`.
        verification_key: see `serializers.deck.timestamp`.
    """

    order_number: str
    site_code: str
    api_username: str
    timestamp_utc: str
    verification_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OrderHistory:
    """What DECK knows of one order.

    Attributes:
        code: see `contract.code_of`.
        message: what it reported beside the code, at most 500 characters.
        customers: the CustomerID of each record of the order; "-100" is a guest.
    """

    code: str
    message: str
    customers: tuple[str, ...]


def encode_query(query: HistoryQuery) -> bytes:
    """Write what DECK's Magento module asks, members in its order.

    CustomerID stays null: with ours in it, the answer could not state whose the order
    is instead.

    Raises:
        EncodeError: a text that JSON cannot carry.
    """
    members: dict[str, object] = {
        "PageNumber": 1,
        "PageSize": 1,
        "CustomerID": None,
        "OrderNumber": query.order_number,
        "VerificationKey": query.verification_key,
        "TimestampUTC": query.timestamp_utc,
        "SiteCode": query.site_code,
    }
    if query.api_username:
        members["APIUsername"] = query.api_username
    try:
        return strict_json.dumps(members)
    except EncodeError as error:
        why = "holds half a surrogate pair"
        raise EncodeError(DOCUMENT, "OrderNumber", why) from error


def decode_history(
    body: bytes, order_number: str, hide: Hide = str, seen: Seen = unseen
) -> OrderHistory:
    """Read the answer; records of other orders are left out.

    Args:
        body: the bytes as they came.
        order_number: the order asked for; a record without a number counts as its,
            and one in other letters where none has its very own.
        hide: puts masks over secrets in what it reports.
        seen: is shown the document.

    Raises:
        DecodeError: no JSON object, or one without a ResponseCode.
    """
    value = lenient_json.loads(body, document=DOCUMENT)
    seen(value)
    if not isinstance(value, dict):
        raise DecodeError(f"{DOCUMENT}: must be an object")
    code = code_of(value.get("responsecode"))
    if not code:
        raise DecodeError(without_code(DOCUMENT, body, hide))
    return OrderHistory(
        code=code,
        message=message_of(value, hide),
        customers=tuple(
            text_of(record.get("customerid"))
            for record in _of_order(
                objects_of(value.get("orderdetails")), order_number.strip()
            )
        ),
    )


def _of_order(
    records: list[dict[str, JsonValue]], number: str
) -> list[dict[str, JsonValue]]:
    named = [(text_of(record.get("ordernumber")), record) for record in records]
    exact = any(name == number for name, _ in named)
    return [
        record
        for name, record in named
        if not name
        or name == number
        # DECK may spell a number in other letters, but not while it has ours.
        or (not exact and name.casefold() == number.casefold())
    ]
