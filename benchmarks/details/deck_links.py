"""What it costs to write an order link for DECK."""

import timeit
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from benchmarks.options import Options
from benchmarks.report import Report
from benchmarks.table import table
from serializers.deck.formats import FORMATS, LinkFormat, OrderLink
from serializers.deck.timestamp import timestamp_utc, verification_key

#: Microseconds that writing may take; nobody has set one for forms.
GOALS_US = {"json": 30.0, "xml": 60.0}
TIMES, ROUNDS = 2_000, 7
HEADS = ("format", "bytes", "µs to write", "µs with its key", "goal µs")


@dataclass(frozen=True, slots=True)
class Writing:
    """Microseconds per link, the median of some rounds.

    Attributes:
        write_us: of the body alone.
        signed_us: of timestamp, key and body: what every attempt does.
        goal_us: for the body alone, None without one.
    """

    format: str
    bytes: int
    write_us: float
    signed_us: float
    goal_us: float | None

    @property
    def cells(self) -> tuple[str, ...]:
        goal = "" if self.goal_us is None else f"{self.goal_us:.0f}"
        times = (f"{self.write_us:.1f}", f"{self.signed_us:.1f}")
        return (self.format, str(self.bytes), *times, goal)


def signed_link() -> OrderLink:
    """A link as a worker makes it for every attempt."""
    timestamp = timestamp_utc(datetime.now(UTC))
    key = verification_key("/api/omsorderlinkaccount", timestamp, "site-api-key")
    return OrderLink("SO-10042", "C-4711", "SITE", "erp", timestamp, key)


def writing(form: LinkFormat) -> Writing:
    """Measure one format."""
    link = signed_link()
    return Writing(
        format=form.name,
        bytes=len(form.encode(link)),
        write_us=_microseconds(lambda: form.encode(link)),
        signed_us=_microseconds(lambda: form.encode(signed_link())),
        goal_us=GOALS_US.get(form.name),
    )


def _microseconds(act: Callable[[], object]) -> float:
    rounds = timeit.repeat(act, number=TIMES, repeat=ROUNDS)
    return median(rounds) / TIMES * 1_000_000


def measure(_: Options, report: Report) -> None:
    """Measure all formats; print the table."""
    report.progress("links for DECK, written …")
    found = [writing(form) for form in FORMATS.values()]
    report.add("deck_links", found, table(HEADS, [each.cells for each in found]))
