"""Health of the door: whether what is posted would be kept, and its metrics."""

from collections.abc import Mapping

import redis

from waybill.trouble import trouble
from workers.ledger.identity.deployment import owner, refusal
from workers.redis.bounded_client import looking_client
from workers.redis.fitness import unfit
from workers.settings.settings import Settings


def problems(settings: Settings) -> Mapping[str, str]:
    """What keeps the door from taking events, by name; none where it is ready."""
    try:
        with looking_client(settings.redis_url, "ready") as client:
            wrong = unfit(
                client,
                allow_volatile=settings.allow_volatile_redis,
                assume_persistent=settings.assume_persistent,
            )
            if refused := refusal(owner(client), settings.deployment):
                wrong.append(refused)
    except redis.RedisError as error:
        wrong = [trouble(error, settings.redis_url)]
    return {"redis": "; ".join(wrong)} if wrong else {}
