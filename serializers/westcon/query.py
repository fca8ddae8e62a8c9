"""Westcon's order-status question."""

from dataclasses import dataclass, field

from serializers.formats import strict_json

#: The envelope of the request. Westcon's gateway answers 400, "Missing required
#: fields", without it; the reply's is spelled otherwise.
ENVELOPE = "mT_OrderStatus_API_REQ"


@dataclass(frozen=True, slots=True)
class StatusQuery:
    """One call for up to a batch of orders.

    Attributes:
        partner_key: the reseller's identifier, given by Westcon.
        order_type: "W" for Westcon's order numbers, "C" for the customer's.
        language: of the descriptions, "EN".
        orders: order numbers, unpadded, as the Westcon portal's sample has them.
    """

    partner_key: str = field(repr=False)
    order_type: str
    language: str
    orders: tuple[str, ...]


def encode_query(query: StatusQuery) -> bytes:
    """Write the body of POST /Orders/orderStatus; equal queries give equal bytes.

    Raises:
        EncodeError: a text holds half a surrogate pair.
    """
    return strict_json.dumps(
        {
            ENVELOPE: {
                "partnerKey": query.partner_key,
                "orderType": query.order_type,
                "language": query.language,
                "order": list(query.orders),
            }
        }
    )
