"""Namespace of orders: a number, or a number within its source.

Every key of an order is made of its name, so that a ledger keeps to one way.
"""

import redis

from workers.ledger import keys
from workers.ledger.identity.heartbeats import Heartbeats
from workers.redis.answers import text

SETTING, NUMBER, SOURCE = "WAYBILL_NAMESPACE", "number", "source"


def namespace_of(client: "redis.Redis") -> str:
    """What names an order in this ledger; raises redis.RedisError."""
    return text(client.get(keys.NAMESPACE)) or NUMBER


def adopt(client: "redis.Redis", wanted: str) -> str:
    """Have the ledger name orders as the settings want it, while it has none.

    Args:
        client: of the ledger.
        wanted: `number` or `source`.

    Returns:
        What names an order in it from now on.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    marked = text(client.get(keys.NAMESPACE))
    if wanted == (marked or NUMBER):
        client.set(keys.NAMESPACE, wanted, nx=True)
    elif not _in_use(client):
        _mark(client, marked, wanted)
    return namespace_of(client)


def _in_use(client: "redis.Redis") -> bool:
    """Whether it has orders, or workers that may make one at any moment."""
    orders = client.scan_iter(match=keys.ANY_ORDER, count=1000)
    return bool(Heartbeats(client).alive()) or next(iter(orders), None) is not None


def _mark(client: "redis.Redis", before: str, wanted: str) -> None:
    """Write the mark, unless another worker has meanwhile."""

    def marked(pipeline: "redis.client.Pipeline") -> None:
        # Answered at once: the key is watched until the commands begin.
        is_meant = text(pipeline.get(keys.NAMESPACE)) == before
        pipeline.multi()
        if is_meant:
            pipeline.set(keys.NAMESPACE, wanted)

    client.transaction(marked, keys.NAMESPACE)


def refusal(held: str, wanted: str) -> str:
    """Why a worker may not work on a ledger; "" if it may.

    Args:
        held: what names an order in it.
        wanted: by the settings.
    """
    if held == wanted:
        return ""
    return (
        f"the ledger in this Redis names orders by {held}, {SETTING} is {wanted}, and"
        " an order would be looked for under another name than it has; set"
        f" {SETTING}={held}, or use an empty Redis (the way can be changed while a"
        " ledger has no orders and no worker is alive)"
    )
