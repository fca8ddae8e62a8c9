"""Metrics that are read from the ledger at each scrape, never cached.

They are the same at every worker. While Redis does not answer there are none of them,
but for `waybill_redis_up` at 0: an old value, or a zero, would be taken for the truth.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import redis
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from workers.dispatch.queues import QUEUES
from workers.ledger.identity.heartbeats import Heartbeat
from workers.ledger.restore.findings import KINDS
from workers.ledger.views.gates import GateState
from workers.ledger.views.overview import DestinationState, Overview
from workers.telemetry.drift_metrics import DRIFT
from workers.telemetry.family import Family, Samples
from workers.telemetry.fleet_metrics import FLEET
from workers.telemetry.flow_metrics import FLOWS
from workers.telemetry.ledger_snapshot import LedgerSnapshot
from workers.telemetry.metrics import OTHERS
from workers.telemetry.reconcile_metrics import RECONCILED

#: What left sends in doubt, as the ledger counts it; the rest was counted without.
CAUSES, UNSORTED = ("gateway", "lost", "worker"), "unsorted"

#: What is counted of results that nobody reads any more.
RESULTS_LOST = ("results_dropped", "results_unwritten")


def _one(value: Callable[[Overview], float]) -> Callable[[LedgerSnapshot], Samples]:
    return lambda seen: [((), value(seen.overview))]


def _ambiguous(seen: LedgerSnapshot) -> Samples:
    counts = seen.overview.counts
    known = {one: counts.get(f"ambiguous:{one}", 0) for one in CAUSES}
    yield from (((one,), n) for one, n in known.items())
    # A release that counts no causes may have written, or still be writing.
    earlier = counts.get("ambiguous", 0) - sum(known.values())
    if earlier > 0:
        yield (UNSORTED,), earlier


def _each(
    value: Callable[[DestinationState], float],
    joined: Callable[[Iterable[float]], float],
) -> Callable[[LedgerSnapshot], Samples]:
    """A sample of each destination, one for all those that have no name of their own.

    Args:
        value: of one destination.
        joined: makes one value of several.
    """

    def samples(seen: LedgerSnapshot) -> Samples:
        others = []
        for state in seen.overview.shown:
            if state.name in seen.named:
                yield (state.name,), value(state)
            else:
                others.append(value(state))
        if others:
            yield (OTHERS,), joined(others)

    return samples


def _gates(seen: LedgerSnapshot) -> Samples:
    for name in seen.named:
        until = seen.gates.get(name, GateState()).until_ms or 0
        yield (name,), max(0.0, (until - seen.overview.now_ms) / 1000)


def _serving(seen: LedgerSnapshot) -> Samples:
    served = Counter(
        chain.from_iterable(_served(one.heartbeat) for one in seen.workers)
    )
    return (((what,), served[what]) for what in (*QUEUES, "intake", "release"))


def _restores(seen: LedgerSnapshot) -> Samples:
    found = {one.kind for one in seen.restored.found}
    return (((kind,), int(kind in found)) for kind in KINDS)


def _served(heartbeat: Heartbeat) -> tuple[str, ...]:
    return (
        *heartbeat.queues,
        *["intake"] * heartbeat.intake,
        *["release"] * heartbeat.release,
    )


BY_DESTINATION = ("destination",)

FAMILIES = (
    Family(
        "waybill_delivery_ambiguous_total",
        "counter",
        "Sends of which nobody knows whether they arrived: a gateway answered (5xx,"
        " 408), the answer was lost, or the worker ended",
        _ambiguous,
        ("cause",),
    ),
    Family(
        "waybill_items_due",
        "gauge",
        "Items of a destination that wait, now or for their moment",
        _each(lambda one: one.due, sum),
        BY_DESTINATION,
    ),
    Family(
        "waybill_items_leased",
        "gauge",
        "Items of a destination that a worker holds",
        _each(lambda one: one.leased, sum),
        BY_DESTINATION,
    ),
    Family(
        "waybill_oldest_due_seconds",
        "gauge",
        "How long a destination's oldest due item has been waiting",
        _each(lambda one: one.overdue_seconds, max),
        BY_DESTINATION,
    ),
    Family(
        "waybill_destination_disabled",
        "gauge",
        "1 for a destination to which nothing is sent until it is enabled",
        _each(lambda one: int(one.disabled), max),
        BY_DESTINATION,
    ),
    Family(
        "waybill_endpoints_unknown",
        "gauge",
        "Endpoints that work waits for and that no living worker knows",
        lambda seen: [((), len(seen.unknown))],
    ),
    Family(
        "waybill_gate_closed_seconds",
        "gauge",
        "Seconds for which a destination will not be called: its breaker, a"
        " Retry-After, a spent quota or refused access",
        _gates,
        BY_DESTINATION,
    ),
    Family(
        "waybill_workers",
        "gauge",
        "Workers that are alive",
        lambda seen: [((), len(seen.workers))],
    ),
    Family(
        "waybill_workers_serving",
        "gauge",
        "Workers that take hints from a queue, or run Intake or Release",
        _serving,
        ("what",),
    ),
    Family(
        "waybill_dead_letters",
        "gauge",
        "Dead letters that wait",
        _one(lambda seen: seen.dead),
    ),
    Family(
        "waybill_orders_merged_total",
        "counter",
        "Events that were the first of their source about an order of another source",
        _one(lambda seen: seen.counts.get("merged", 0)),
    ),
    Family(
        "waybill_events_lost_total",
        "counter",
        "Events that were dropped from the stream before they were admitted, at least",
        _one(lambda seen: seen.losses.events),
    ),
    Family(
        "waybill_results_length",
        "gauge",
        "Results in the longest stream of a partition",
        _one(lambda seen: max((one.entries for one in seen.results), default=0)),
    ),
    Family(
        "waybill_results_lost_total",
        "counter",
        "Results that a consumer group had not read when they were dropped, or that"
        " could not be written",
        _one(lambda seen: sum(seen.counts.get(one, 0) for one in RESULTS_LOST)),
    ),
    Family(
        "waybill_restore_found",
        "gauge",
        "1 while the ledger was found to have gone back, to be another one, or on a"
        " clock that was set, and nobody has accepted it",
        _restores,
        ("kind",),
    ),
    Family(
        "waybill_sending_held",
        "gauge",
        "1 while nothing is sent until somebody accepts a restore",
        lambda seen: [((), int(seen.restored.held))],
    ),
    Family(
        "waybill_events_unread",
        "gauge",
        "Events in the stream that no worker has read yet",
        _one(lambda seen: seen.unread),
    ),
    Family(
        "waybill_events_pending",
        "gauge",
        "Events that were handed out and are not admitted yet",
        _one(lambda seen: seen.pending),
    ),
    Family(
        "waybill_oldest_event_seconds",
        "gauge",
        "How long the oldest event that is not admitted yet has been in the stream",
        _one(lambda seen: seen.oldest_event_seconds),
    ),
    Family(
        "waybill_stream_length",
        "gauge",
        "Entries in the stream, with those that were read and are not dropped yet",
        _one(lambda seen: seen.stream),
    ),
    *FLEET,
    *FLOWS,
    *RECONCILED,
    *DRIFT,
)

REDIS_UP = "waybill_redis_up"
REDIS_UP_MEANING = (
    "1 while the ledger's Redis answers this worker; at 0 the metrics that are read"
    " from the ledger are absent"
)


class LedgerMetrics(Collector):
    """Reads the ledger whenever the page is asked for.

    Args:
        look: reads it all; raises redis.RedisError.
    """

    def __init__(self, look: Callable[[], LedgerSnapshot]) -> None:
        self._look = look

    def collect(self) -> Iterator[Metric]:
        try:
            seen = self._look()
        except redis.RedisError:
            yield GaugeMetricFamily(REDIS_UP, REDIS_UP_MEANING, value=0)
            return
        yield GaugeMetricFamily(REDIS_UP, REDIS_UP_MEANING, value=1)
        for family in FAMILIES:
            yield family.metric(seen)
