"""Metrics of what waits: events that are not read, dead letters, results."""

from collections.abc import Iterator

from workers.ledger.views.dead_summary import DeadGroup
from workers.telemetry.family import Family, Samples
from workers.telemetry.ledger_snapshot import LedgerSnapshot
from workers.telemetry.metrics import OTHERS, most_named

#: Of a group of dead letters.
GROUP = ("kind", "destination")


def _age(seen: LedgerSnapshot, since_ms: int | None) -> float:
    """Seconds by Redis' clock; 0 for what waits nowhere."""
    return 0.0 if since_ms is None else max(0, seen.overview.now_ms - since_ms) / 1000


def _results(seen: LedgerSnapshot) -> Samples:
    """How long the slowest group has not read a result; none where nobody reads."""
    ages = [_age(seen, one.unread_ms) for one in seen.overview.results if one.slowest]
    if ages:
        yield (), max(ages)


def _groups(seen: LedgerSnapshot) -> Iterator[tuple[str, str, DeadGroup]]:
    named = frozenset(most_named({one.destination for one in seen.dead}))
    for one in seen.dead:
        yield one.kind, one.destination if one.destination in named else OTHERS, one


def _letters(seen: LedgerSnapshot) -> Samples:
    counts: dict[tuple[str, str], float] = {}
    for kind, destination, one in _groups(seen):
        place = kind, destination
        counts[place] = counts.get(place, 0) + one.letters
    return counts.items()


def _oldest(seen: LedgerSnapshot) -> Samples:
    ages: dict[tuple[str, str], float] = {}
    for kind, destination, one in _groups(seen):
        place = kind, destination
        ages[place] = max(ages.get(place, 0), _age(seen, one.oldest_ms))
    return ages.items()


FLOWS = (
    Family(
        "waybill_oldest_unread_seconds",
        "gauge",
        "How long the oldest event that no worker has read yet has been in the stream",
        lambda seen: [((), _age(seen, seen.unread_ms))],
    ),
    Family(
        "waybill_dead_letters_waiting",
        "gauge",
        "Dead letters that wait, by kind and destination; of more than 1,000 in a"
        " partition those between the 500 oldest and the 500 newest are (between)",
        _letters,
        GROUP,
    ),
    Family(
        "waybill_oldest_dead_letter_seconds",
        "gauge",
        "How long the oldest dead letter of a kind and destination has been waiting",
        _oldest,
        GROUP,
    ),
    Family(
        "waybill_results_lag_seconds",
        "gauge",
        "How long the oldest result has been waiting that the slowest consumer group"
        " has not read; absent where no group reads",
        _results,
    ),
)
