"""CPU of one look: its order read, the answer compared, the record written.

Neither Redis nor HTTP takes part: `unpack`, the comparison with its notification for
one endpoint, and `pack` where anything is new.
"""

import timeit
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import process_time

from benchmarks.goals.goal import Goal
from benchmarks.options import Options
from benchmarks.report import Report
from benchmarks.table import table
from serializers.order_record import Order, pack, unpack
from serializers.westcon.reply import StatusLine
from serializers.westcon.shipment_detail import Parcel, ShipmentDetail
from tasks.ledger_values import Advance, Claim, Held, Roster
from tasks.planning.rules import EndpointRule, PlanRules, PollRules
from tasks.planning.statuses import DEFAULT_STATUSES
from tasks.polling.compare import compare
from tasks.polling.joining import parcels_wanted, read_answer
from tasks.polling.waiting import Details

NOW, HOUR = 1_772_366_400_000, 3_600_000
NUMBER = "60012345"
#: Short rounds, of which the best counts: others' load only ever adds.
TIMES, ROUNDS = 4, 250
LINES = (1, 3, 20)
#: Microseconds of an order of three lines at commit 4d663d1, which notified of less.
BEFORE_US = {
    "nothing new": 72.0,
    "nothing new, shipped before": 72.0,
    "all shipped": 168.0,
    "one of them invoiced": 139.0,
    "all invoiced": 169.0,
}
GOAL = 1.1
HEADS = ("the answer", "lines", "µs of CPU", "bytes of the record")

CLAIM = Claim("watch:westcon:SO-10042", 3)
ROSTER = Roster("1", frozenset({"erp"}))
POLL = PollRules(
    shortest=300.0,
    calm=780.0,
    longest=21_600.0,
    fraction=0.1,
    patience=7_776_000.0,
    nao_grace=86_400.0,
    quiet=1_209_600.0,
    batch=10,
    shipment_detail=True,
    shipment_wait=120.0,
)
RULES = PlanRules(
    westcon=True,
    endpoints={"erp": EndpointRule("schema")},
    statuses=DEFAULT_STATUSES,
    poll=POLL,
)
PARCELS = {NUMBER: ShipmentDetail((NUMBER,), (Parcel("1Z999AA10123456784", "UPS"),))}
ORDER = Order(
    "SO-10042",
    purchase_order="PO-10042",
    customer_id="C-4711",
    westcon_number=NUMBER,
    deck_number="SO-10042",
    placed_ms=NOW - 90 * HOUR,
    seen_ms=NOW - 90 * HOUR,
    changed_ms=NOW - 90 * HOUR,
    incarnation=123_456_789_012,
)


@dataclass(frozen=True, slots=True)
class Cost:
    """One kind of look.

    Attributes:
        answer: what it finds.
        lines: of the order.
        us: microseconds of CPU.
        bytes: of the record before.
    """

    answer: str
    lines: int
    us: float
    bytes: int

    @property
    def cells(self) -> tuple[str, ...]:
        return self.answer, str(self.lines), f"{self.us:.0f}", str(self.bytes)


@dataclass(frozen=True, slots=True)
class _Case:
    record: bytes
    lines: Sequence[StatusLine]
    details: Details | None = None

    def look(self) -> Order:
        """The order after the look, as a worker comes to it."""
        order = unpack(self.record)
        read = read_answer(order, self.lines, RULES, NOW, NOW)
        details = self.details
        if details is not None and not parcels_wanted(order, read, RULES):
            details = {}
        seen = compare(
            CLAIM,
            Held(order, 4, roster=ROSTER),
            self.lines,
            RULES,
            NOW,
            0.5,
            asked_ms=NOW,
            details=details,
            reading=read,
        )
        if not isinstance(seen, Advance):
            raise seen
        if seen.order is None:
            return order
        pack(seen.order)
        return seen.order


def lines_of(count: int, status: str, day: str, **facts: str) -> list[StatusLine]:
    """So many lines of five pieces each."""
    return [
        StatusLine(
            order_number=NUMBER,
            line_number=str(10 * n),
            customer_order_number="PO-10042",
            customer_line_number=str(n),
            product_number=f"IM-44{n:02}17",
            quantity="5",
            status=status,
            status_date=day,
            ship_date=facts.get("shipped", ""),
            invoice=facts.get("invoice", ""),
        )
        for n in range(1, count + 1)
    ]


def cases(count: int) -> Mapping[str, _Case]:
    """The looks at an order of so many lines."""
    placed = lines_of(count, "SCH", "2026-02-01")
    left = lines_of(count, "SHI", "2026-02-27", shipped="2026-02-27")
    billed = lines_of(count, "INV", "2026-02-28", shipped="2026-02-27", invoice="9001")
    known = pack(_Case(pack(ORDER), placed).look())
    shipped = pack(_Case(known, left, PARCELS).look())
    return {
        "nothing new": _Case(known, placed, {}),
        "nothing new, shipped before": _Case(shipped, left, {}),
        "all shipped": _Case(known, left),
        "all shipped, with a parcel": _Case(known, left, PARCELS),
        "all invoiced": _Case(shipped, billed, {}),
        "one of them invoiced": _Case(shipped, [billed[0], *left[1:]], {}),
    }


def cost(answer: str, count: int, case: _Case) -> Cost:
    """Measure one kind of look."""
    us = _microseconds(case.look)
    return Cost(answer, count, us, len(case.record))


def _microseconds(act: Callable[[], object]) -> float:
    rounds = timeit.repeat(act, number=TIMES, repeat=ROUNDS, timer=process_time)
    return min(rounds) / TIMES * 1_000_000


def goals(found: Sequence[Cost]) -> Iterator[Goal]:
    """No dearer than before lines were distributions, but for a tenth."""
    for one in found:
        before = BEFORE_US.get(one.answer)
        if one.lines == 3 and before:  # noqa: PLR2004 (so many lines were measured)
            yield Goal(
                f"CPU of a look at three lines, {one.answer}",
                f"{one.us:.0f} µs",
                f"{before:.0f} µs at 4d663d1",
                one.us / before,
                GOAL,
            )


def measure(_: Options, report: Report) -> None:
    """Measure every kind of look; print the table."""
    report.progress("looks at orders of 1, 3 and 20 lines …")
    found = [cost(a, n, case) for n in LINES for a, case in cases(n).items()]
    report.add("looks", found, table(HEADS, [each.cells for each in found]))
    report.judge(goals(found))
