"""Metrics of the last reconciliation, and of what has been repaired."""

from workers.telemetry.family import Family, Samples
from workers.telemetry.ledger_snapshot import LedgerSnapshot


def _reconciled(seen: LedgerSnapshot) -> Samples:
    """The last run's moment; none where there never was one."""
    if seen.reconciled.at_ms:
        yield (), seen.reconciled.at_ms / 1000


def _found(seen: LedgerSnapshot) -> Samples:
    return (((kind,), count) for kind, count in seen.reconciled.found.items())


def _replaced(seen: LedgerSnapshot) -> Samples:
    return (((act,), count) for act, count in seen.reconciled.replaced.items())


RECONCILED = (
    Family(
        "waybill_reconcile_last_run_timestamp_seconds",
        "gauge",
        "When `waybill reconcile` has last come to its end, as UTC seconds; absent"
        " before its first run",
        _reconciled,
    ),
    Family(
        "waybill_reconcile_findings",
        "gauge",
        "Findings of the last run of `waybill reconcile`",
        _found,
        ("kind",),
    ),
    Family(
        "waybill_reconcile_lost",
        "gauge",
        "Those of them that stand for something lost: an order, a watch, a link, a"
        " notification, an event",
        lambda seen: [((), seen.reconciled.lost)],
    ),
    Family(
        "waybill_reconcile_not_asked",
        "gauge",
        "Orders of the last run of `waybill reconcile` about which a partner could not"
        " be asked",
        lambda seen: [((), seen.reconciled.unasked)],
    ),
    Family(
        "waybill_reconcile_replaced_total",
        "counter",
        "Repairs that `waybill reconcile apply` has made",
        _replaced,
        ("act",),
    ),
)
