"""Lookup of an item's hash: the first watch of an order shares the order's."""

from collections.abc import Iterable, Mapping

import redis
from redis.exceptions import ResponseError

from workers.ledger import keys
from workers.redis.answers import text


def hashes(client: "redis.Redis", root: str, refs: Iterable[str]) -> Mapping[str, str]:
    """The key of each item's hash, by its ref, as `hash_of` of the scripts finds it.

    One round trip is made where there is a watch among them; raises redis.RedisError.
    """
    watched = {ref: place for ref in refs if (place := keys.watched(ref))}
    pipeline = client.pipeline(transaction=False)
    for _, number in watched.values():
        pipeline.hget(keys.order(root, number), "destination")
    answers = pipeline.execute(raise_on_error=False) if watched else []
    found = {ref: keys.item(root, ref) for ref in refs}
    for (ref, (partner, number)), answer in zip(watched.items(), answers, strict=True):
        first = "" if isinstance(answer, ResponseError) else text(answer)
        if not (first and partner) or first.partition("/")[0] == partner:
            found[ref] = keys.order(root, number)
    return found
