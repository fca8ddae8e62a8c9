"""Metrics of what partners sent beyond their contracts."""

from workers.telemetry.family import Family, Samples
from workers.telemetry.ledger_snapshot import LedgerSnapshot


def _shapes(seen: LedgerSnapshot) -> Samples:
    counted = seen.drift.shapes.items()
    return (((*pair,), count) for pair, count in counted if count)


def _found(seen: LedgerSnapshot) -> Samples:
    return (((partner,), count) for partner, count in seen.drift.found.items())


DRIFT = (
    Family(
        "waybill_drift_shapes",
        "gauge",
        "Shapes in `waybill drift list`: ways in which answers are not in a partner's"
        " contract",
        _shapes,
        ("partner", "kind"),
    ),
    Family(
        "waybill_drift_found_total",
        "counter",
        "Shapes that came into the list, again after they were forgotten too",
        _found,
        ("partner",),
    ),
    Family(
        "waybill_drift_unlisted_total",
        "counter",
        "Answers with a shape for which the list had no room",
        lambda seen: [((), seen.drift.unlisted)],
    ),
)
