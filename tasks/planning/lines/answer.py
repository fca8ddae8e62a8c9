"""Summary of one answer's rows of one line, by status.

Rows may be split, joined, permuted or repeated from one answer to the next; the sums
are the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from serializers.order_record import Portion, Shipment
from tasks.planning.lines.amounts import amount, further, total, written
from tasks.planning.statuses import StatusTable, is_stage, place, rule_of


class Row(NamedTuple):
    """A part of one line's quantity, as Westcon or the ERP reports it.

    Attributes:
        key: of the line, see `serializers.line_key`.
        number, sub_order, part, vendor_part, status_date, unread: as in `Line`.
        status: Westcon's code, upper case.
        quantity: plain decimal, "" if unknown.
        ship_date: "YYYY-MM-DD" or "".
        invoice: the billing document, or "".
        shipments: what the ERP knows of them.
    """

    key: str
    number: str
    sub_order: str
    status: str
    quantity: str = ""
    status_date: str = ""
    part: str = ""
    vendor_part: str = ""
    ship_date: str = ""
    invoice: str = ""
    unread: str = ""
    shipments: tuple[Shipment, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What an answer answers.

    Attributes:
        asked_ms: UTC ms by Redis' clock when it was asked; an event's own moment.
        whole: whether rows that are missing of a line are there no more; an event is
            about a part.
        confirm_ms: how much later a second answer must agree that less is ordered.
    """

    asked_ms: int
    whole: bool = True
    confirm_ms: int = 0


#: How much is in each status; None where it is not known.
Amounts = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of one line, summed up.

    Attributes:
        ordered: the sum of all, None if unknown.
        stages: what is in each status from shipped on, the least advanced first.
        now: what is in each other status, the least advanced first.
        dates: what was shipped on each day, "" for no day.
        invoices: what is on each billing document.
    """

    rows: Sequence[Row]
    ordered: Decimal | None
    stages: Amounts
    now: tuple[Portion, ...]
    dates: Amounts
    invoices: Amounts

    def text(self, name: str) -> str:
        """A field of the rows: the greatest, which is the latest of days."""
        if len(self.rows) == 1:
            return str(getattr(self.rows[0], name))
        return max(str(getattr(row, name)) for row in self.rows)

    @property
    def unread(self) -> str:
        if len(self.rows) == 1:
            return self.rows[0].unread
        return "; ".join(sorted({row.unread for row in self.rows if row.unread}))


def answer(rows: Sequence[Row], ordered: str, table: StatusTable) -> Answer:
    """Sum up the rows of one line.

    Args:
        rows: at least one, all of one line.
        ordered: how much is known to be ordered; it is the quantity of a row without
            one that stands alone.
        table: of statuses.
    """
    if len(rows) > 1:
        # A row of nothing beside others is the head of a split line.
        rows = [row for row in rows if row.quantity != "0"] or rows
    if len(rows) == 1:
        (row,) = rows
        return _of_one(row if row.quantity else row._replace(quantity=ordered), table)
    codes, dates, invoices = _Sums(), _Sums(), _Sums()
    for row in rows:
        number = amount(row.quantity)
        codes.add(row.status, number)
        if is_stage(rule_of(row.status, table)):
            dates.add(row.ship_date, number)
            if row.invoice:
                invoices.add(row.invoice, number)
    ranked = sorted(codes, key=lambda code: place(code, table))
    stages = [code for code in ranked if is_stage(rule_of(code, table))]
    return Answer(
        rows,
        total(codes.values()),
        {code: codes[code] for code in stages},
        tuple(Portion(c, written(codes[c])) for c in ranked if c not in stages),
        dates,
        invoices,
    )


def _of_one(row: Row, table: StatusTable) -> Answer:
    """The same of a single row, as most lines have."""
    number = amount(row.quantity)
    if not is_stage(rule_of(row.status, table)):
        return Answer(
            (row,), number, {}, (Portion(row.status, written(number)),), {}, {}
        )
    invoices = {row.invoice: number} if row.invoice else {}
    return Answer(
        (row,), number, {row.status: number}, (), {row.ship_date: number}, invoices
    )


class _Sums(dict[str, Decimal | None]):
    def add(self, name: str, number: Decimal | None) -> None:
        self[name] = total((self[name], number)) if name in self else number


def at_least(stage: str, amounts: Amounts, table: StatusTable) -> Decimal | None:
    """How much of an answer has reached a stage: what is in it or in a later one."""
    rank = rule_of(stage, table).rank
    return known_total(
        number
        for code, number in amounts.items()
        if code == stage or rule_of(code, table).rank > rank
    )


def known_total(numbers: Iterable[Decimal | None]) -> Decimal | None:
    """Add up what is known of them; None where nothing is."""
    known = [number for number in numbers if number is not None]
    return total(known) if known else None


def larger(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    """The larger of two amounts; what is known counts more than what is not."""
    if one is None or other is None:
        return other if one is None else one
    return other if further(other, one) else one
