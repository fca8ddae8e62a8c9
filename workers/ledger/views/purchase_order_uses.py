"""Read-only look into the index by purchase order."""

import redis

from serializers import purchase_order_uses
from serializers.purchase_order_uses import Use, place_of
from workers.ledger import keys
from workers.ledger.layout.places import Places
from workers.redis.answers import text

#: Stands in a bucket for lines that have a key of their own.
ELSEWHERE = b"+"


def uses_of(
    client: "redis.Redis", purchase_order: str, places: Places
) -> tuple[Use, ...]:
    """The orders under a purchase order that are still known.

    Args:
        client: of the ledger.
        purchase_order: counts to the letter.
        places: of orders.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    root = keys.prefix(places.layout.indexed(purchase_order))
    bucket, place = place_of(purchase_order)
    found = client.hget(keys.purchase_orders(root, bucket), place)
    if found == ELSEWHERE:
        found = client.get(keys.shared_purchase_order(root, bucket + place))
    uses = purchase_order_uses.read(text(found))
    known = places.known([use.order for use in uses])
    return tuple(use for use, there in zip(uses, known, strict=True) if there)
