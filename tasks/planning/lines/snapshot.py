"""Merge of one more answer into an order's lines: quantity by stage, and what is open.

What has reached a stage only grows, whatever the order in which answers come. What is
ordered, open and rejected is as the newest answer has it, newest by the moment when
the question was asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from serializers.order_record import Line, Portion
from tasks.planning.lines.amounts import amount, further, written
from tasks.planning.lines.answer import Answer, Row, answer, at_least, larger
from tasks.planning.lines.distribution import (
    classified,
    filled_up,
    is_covered,
    open_within,
)
from tasks.planning.lines.facts import with_facts
from tasks.planning.lines.transitions import Growth, Transition
from tasks.planning.statuses import StatusTable, is_stage, place, rule_of


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


def join(
    seen: Sequence[Line], found: Iterable[Row], table: StatusTable, question: Question
) -> tuple[tuple[Line, ...], tuple[Transition, ...]]:
    """Join an answer into the snapshot.

    Args:
        seen: the snapshot before.
        found: rows of one answer; those of the same key are parts of one line. Lines
            that are missing stay as they were.
        table: the statuses.
        question: that `found` answers.

    Returns:
        The snapshot after, in the order of keys, and the transitions.
    """
    lines = {line.key: line for line in seen}
    groups: dict[str, list[Row]] = {}
    for row in found:
        groups.setdefault(row.key, []).append(row)
    joined: dict[str, tuple[Line | None, tuple[Growth, ...]]] = {}
    for key, rows in groups.items():
        before = lines.get(key)
        if before is not None and len(rows) == 1 and _holds(before, rows[0], table):
            continue
        known = None if before is None else classified(before, table)
        after, growths = _joined(known, rows, table, question)
        if after != before:
            joined[key], lines[key] = (known, growths), after
    if joined:
        _date(lines, groups, question)
    return tuple(lines[key] for key in sorted(lines)), tuple(
        Transition(known, lines[key], growths)
        for key, (known, growths) in joined.items()
    )


def _date(lines: dict[str, Line], answered: Iterable[str], question: Question) -> None:
    """Note the question at all lines that it was answered for: they share its moment.

    Where nothing has changed, the record is not written, and the ledger alone knows
    when it was looked at.
    """
    for key in answered:
        line = lines[key]
        if line.asked_ms < question.asked_ms:
            lines[key] = replace(line, asked_ms=question.asked_ms)


def _holds(line: Line, row: Row, table: StatusTable) -> bool:
    """Whether the line is known to be just as this one row has it."""
    alike = (line.ordered, line.status_date) == (row.quantity, row.status_date)
    if not alike or not row.quantity or row.shipments or line.shrunk_ms:
        return False
    known = (line.unread, line.part, line.vendor_part)
    if known != (
        row.unread,
        row.part or line.part,
        row.vendor_part or line.vendor_part,
    ):
        return False
    portions = ((row.status, row.quantity),)
    if not is_stage(rule_of(row.status, table)):
        return (line.reached, line.now) == ((), portions)
    return (
        (line.reached[-1:], line.now) == (portions, ())
        and all(portion.quantity == row.quantity for portion in line.reached)
        and _facts(line) == (row.ship_date, row.invoice)
    )


def _facts(line: Line) -> tuple[str | None, str | None]:
    """The one ship date and the one invoice of a line, None where there are more."""
    facts = ([one.date for one in line.shipments], [*dict(line.invoices)])
    day, bill = (None if len(one) > 1 else "".join(one) for one in facts)
    return day, bill


def _joined(
    known: Line | None, rows: Sequence[Row], table: StatusTable, question: Question
) -> tuple[Line, tuple[Growth, ...]]:
    """What the rows of one line make of it, and what has reached its stages by them."""
    first = min(rows, key=lambda row: row.number)
    before = known or Line(first.key, first.number, first.sub_order)
    found = answer(rows, before.ordered, table)
    newest = known is None or question.asked_ms >= before.asked_ms
    reached, growths = _reached(before, found, table)
    after = replace(
        before,
        ordered=_ordered(before, found, question, newest=newest),
        reached=reached,
        number=before.number or first.number,
        sub_order=before.sub_order or first.sub_order,
        part=(newest and found.text("part")) or before.part or found.text("part"),
        vendor_part=before.vendor_part or found.text("vendor_part"),
        status_date=max(before.status_date, found.text("status_date")),
    )
    after = with_facts(after, found, newest=newest, whole=question.whole)
    now = before.now
    if newest:
        now = found.now if question.whole else filled_up(after, found.now, table)
    shows = newest and bool(found.stages) and bool(found.now)
    now = open_within(after, now, table, shows_stages=shows)
    changed = known is not None and (now, after.ordered) != (before.now, before.ordered)
    after = replace(
        after,
        now=now,
        unread=found.unread if newest else before.unread,
        changes=before.changes + changed,
    )
    if known is not None:
        after = _shrunk(before, after, table, question, newest=newest)
    return after, growths


def _ordered(before: Line, found: Answer, question: Question, *, newest: bool) -> str:
    """What is ordered: the sum of the newest rows; an event may only raise it."""
    if found.ordered is None or not newest:
        return before.ordered or written(found.ordered)
    if question.whole:
        return written(found.ordered)
    return written(larger(amount(before.ordered), found.ordered))


def _reached(
    before: Line, found: Answer, table: StatusTable
) -> tuple[tuple[Portion, ...], tuple[Growth, ...]]:
    """What has reached each stage, and what of it was seen there for the first time."""
    held = {_stage(p.code, before, table): amount(p.quantity) for p in before.reached}
    own = {_stage(code, before, table): n for code, n in found.stages.items()}
    if not own:
        return before.reached, ()
    reached: dict[str, Decimal | None] = {}
    growths = []
    ranked = sorted({*held, *own}, key=lambda code: place(code, table))
    # The furthest first: what has reached it has reached those before it.
    for code in reversed(ranked):
        implied = [at for at in held if _implies(at, code, table)]
        most = _largest(held[at] for at in implied)
        answered = [at for at in own if _implies(at, code, table)]
        now = at_least(code, own, table) if answered else None
        if not before.asked_ms and now is not None and most is not None:
            most = _trusted(most, found, answered)
        beyond = _largest(reached[at] for at in reached if _implies(at, code, table))
        kept = reached[code] = _largest((most, now, beyond))
        grown = not implied or (most is not None and kept is not None and kept != most)
        if code in own and grown:
            was = written(most) or "?" if implied else "0"
            growths.append(Growth(code, was, written(kept) or "?"))
    portions = [Portion(code, written(reached[code])) for code in ranked]
    return tuple(portions), tuple(reversed(growths))


def _largest(numbers: Iterable[Decimal | None]) -> Decimal | None:
    most: Decimal | None = None
    for number in numbers:
        most = larger(most, number)
    return most


def _trusted(most: Decimal, found: Answer, answered: Sequence[str]) -> Decimal:
    """What an older release's record has of a stage, never more than is ordered.

    It kept the parts of a split line that was joined again, and counted them twice.
    """
    if not answered or found.ordered is None or not further(most, found.ordered):
        return most
    return found.ordered


def _stage(code: str, before: Line, table: StatusTable) -> str:
    """The code under which the line has this stage: two codes may mean the same."""
    rule = rule_of(code, table)
    alike = (p.code for p in before.reached if rule_of(p.code, table) == rule)
    return code if not is_stage(rule) else next(alike, code)


def _implies(code: str, stage: str, table: StatusTable) -> bool:
    """Whether what has reached the one has reached the other."""
    return code == stage or rule_of(code, table).rank > rule_of(stage, table).rank


def _shrunk(
    before: Line, after: Line, table: StatusTable, question: Question, *, newest: bool
) -> Line:
    """Doubt that a line is finished where it is only because less is ordered."""
    since = _shrunk_ms(before, after, table, question, newest=newest)
    return after if since == after.shrunk_ms else replace(after, shrunk_ms=since)


def _shrunk_ms(
    before: Line, after: Line, table: StatusTable, question: Question, *, newest: bool
) -> int:
    if not is_covered(after, table):
        return 0
    had, has = amount(before.ordered), amount(after.ordered)
    if had is not None and has is not None and further(had, has):
        return question.asked_ms
    since = before.shrunk_ms
    agrees = newest and question.asked_ms >= since + question.confirm_ms
    return 0 if agrees else since
