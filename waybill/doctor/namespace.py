"""Check of the orders' namespace: as set, and no two orders merged into one."""

import redis

from workers.ledger import keys
from workers.ledger.identity.namespace import NUMBER, SETTING, namespace_of, refusal
from workers.partners.check import Check, ok, warning, wrong
from workers.redis.answers import number

NAME = "ledger.namespace"


def namespace_check(client: "redis.Redis", wanted: str, partitions: int) -> Check:
    """What names an order, and how often that merged two; raises redis.RedisError."""
    held = namespace_of(client)
    if refused := refusal(held, wanted):
        message, _, advice = refused.partition("; ")
        return wrong(NAME, message, advice)
    merged = _merged(client, partitions)
    if held == NUMBER and merged:
        message = f"{merged} orders have events of more than one source, and are merged"
        advice = (
            "where those are one ERP's, nothing is wrong; ERPs with numbers of their"
            f" own need {SETTING}=source on an empty Redis, or a Redis each"
        )
        return warning(NAME, message, advice)
    by = "number, whatever the source" if held == NUMBER else "source and number"
    return ok(NAME, f"orders are named by their {by}")


def _merged(client: "redis.Redis", partitions: int) -> int:
    pipeline = client.pipeline(transaction=False)
    for partition in range(partitions):
        pipeline.hget(keys.counts(keys.prefix(partition)), "merged")
    return sum(map(number, pipeline.execute()))
