"""What the health pages say: whether this worker can work, and its metrics."""

import contextlib
from collections.abc import Iterable

import redis
from prometheus_client import generate_latest

from workers.ledger import keys
from workers.ledger.gate_states import gate_states
from workers.ledger.overview import Overview, overview
from workers.ledger.stream import Stream
from workers.metrics import Metrics
from workers.redis_fitness import unfit
from workers.wiring import Process


def problems(client: "redis.Redis", process: Process) -> dict[str, str]:
    """What keeps this worker from working, by name; empty when it is ready."""
    try:
        wrong = unfit(client, allow_volatile=process.settings.allow_volatile_redis)
        if client.get(keys.EPOCH) is None:
            wrong.append(
                "the ledger's mark is gone: Redis came back without its data; restore "
                "it, or restart the workers to begin with an empty ledger"
            )
    except redis.RedisError as error:
        return {"redis": f"does not answer: {type(error).__name__}"}
    found = {"redis": "; ".join(wrong)} if wrong else {}
    if process.stopping.is_set():
        found["worker"] = "is stopping"
    return found


def metrics_page(client: "redis.Redis", process: Process) -> bytes:
    """All metrics; those of the ledger are the same at every worker."""
    parts, settings = process.ledger, process.settings
    stream = Stream(client, settings.stream, settings.group)
    # Without Redis the worker's own counters are still worth telling.
    with contextlib.suppress(redis.RedisError):
        known = list(parts.destinations)
        show(overview(client, stream, known, settings.partitions), process.metrics)
        show_gates(client, known, process.metrics)
    return generate_latest(process.metrics.registry)


def show(seen: Overview, metrics: Metrics) -> None:
    """Set the ledger's gauges."""
    for name, state in seen.destinations.items():
        metrics.due.labels(name).set(state.due)
        metrics.leased.labels(name).set(state.leased)
        metrics.overdue.labels(name).set(state.overdue_seconds)
        metrics.disabled.labels(name).set(int(state.parked))
    metrics.ambiguous.set(seen.counts.get("ambiguous", 0))
    metrics.dead.set(seen.dead)
    metrics.pending.set(seen.pending)
    metrics.stream.set(seen.stream)


def show_gates(
    client: "redis.Redis", destinations: Iterable[str], metrics: Metrics
) -> None:
    """Set the gates' gauge; raises redis.RedisError."""
    seconds, micros = client.time()
    now_ms = seconds * 1000 + micros // 1000
    for name, gate in gate_states(client, destinations, now_ms).items():
        closed_ms = 0 if gate.until_ms is None else gate.until_ms - now_ms
        metrics.gate_closed.labels(name).set(closed_ms / 1000)
