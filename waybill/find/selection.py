"""Selection of orders by number, where each source numbers its own."""

import redis

from serializers.order_record import order_name
from workers.ledger import keys
from workers.ledger.identity.namespace import SOURCE, namespace_of
from workers.ledger.layout.places import Places
from workers.redis.answers import text


def orders_meant(
    client: "redis.Redis", given: str, source: str, places: Places
) -> list[str]:
    """Names of the orders that a person may mean; `given` itself where none is known.

    Args:
        client: of the ledger.
        given: an order's name, or its number.
        source: whose order is meant, or the end of it; "" for anybody's.
        places: of orders.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    if namespace_of(client) != SOURCE:
        return [given]
    every = sources_of(client, places.layout.width)
    known = [one for one in every if one.endswith(source)]
    names = [order_name(given, one) for one in known]
    asked = names if source else [given, *names]
    found = [
        name for name, there in zip(asked, places.known(asked), strict=True) if there
    ]
    return found or [given]


def sources_of(client: "redis.Redis", partitions: int) -> list[str]:
    """The sources that events have named, as far as the ledger keeps them."""
    pipeline = client.pipeline(transaction=False)
    for partition in range(partitions):
        pipeline.hvals(keys.sources(keys.prefix(partition)))
    return sorted({text(one) for some in pipeline.execute() for one in some})
