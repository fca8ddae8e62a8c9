"""What the health pages say: whether this worker can work, and its metrics."""

import redis
from prometheus_client import CollectorRegistry, generate_latest

from workers.bounded_client import looking_client
from workers.ledger import keys
from workers.ledger.deployment import owner, refusal
from workers.ledger.founding import LOST
from workers.ledger_metrics import LedgerMetrics, LedgerSeen, ledger_look
from workers.redis_fitness import unfit
from workers.wiring import Process


def problems(process: Process) -> dict[str, str]:
    """What keeps this worker from working, by name; empty when it is ready."""
    try:
        wrong = _wrong_with_redis(process)
    except redis.RedisError as error:
        return {"redis": f"does not answer: {type(error).__name__}"}
    found = {"redis": "; ".join(wrong)} if wrong else {}
    if process.stopping.is_set():
        found["worker"] = "is stopping"
    return found


def _wrong_with_redis(process: Process) -> list[str]:
    settings = process.settings
    with looking_client(settings.redis_url, "ready") as client:
        wrong = unfit(client, allow_volatile=settings.allow_volatile_redis)
        if client.get(keys.EPOCH) is None:
            # This worker has begun on a ledger, so there was one.
            wrong.append(str(LOST))
        if refused := refusal(owner(client), settings.deployment):
            wrong.append(refused)
    return wrong


def metrics_page(process: Process) -> bytes:
    """This worker's own counters, and what the ledger says while it can be asked."""
    of_ledger = CollectorRegistry()
    of_ledger.register(LedgerMetrics(lambda: _look(process)))
    return generate_latest(process.metrics.registry) + generate_latest(of_ledger)


def _look(process: Process) -> LedgerSeen:
    settings = process.settings
    return ledger_look(
        lambda: looking_client(settings.redis_url, "metrics"),
        settings.stream,
        settings.group,
        list(process.ledger.destinations),
        settings.partitions,
    )
