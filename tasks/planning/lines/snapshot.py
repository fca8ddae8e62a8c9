"""Merge of one more answer into an order's lines: quantity by stage, and what is open.

What has reached a stage only grows, whatever the order in which answers come. What is
ordered, open and rejected is as the newest answer has it, newest by the moment when
the question was asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from serializers.order_record import Line, Portion
from tasks.planning.lines.amounts import amount, further, written
from tasks.planning.lines.answer import (
    Answer,
    Question,
    Row,
    answer,
    known_total,
    larger,
)
from tasks.planning.lines.distribution import (
    classified,
    covers,
    filled_up,
    open_within,
)
from tasks.planning.lines.facts import facts_after
from tasks.planning.lines.taken_back import takes_back
from tasks.planning.lines.transitions import Growth, Transition
from tasks.planning.lines.whole_line import goes_on, holds, moved_on
from tasks.planning.statuses import StatusTable, is_stage, place, rule_of


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
    changes = changed_lines(seen, found, table, question)
    return with_changes(seen, changes, question)


#: The transition of each line that an answer is about, None where it has none.
Changes = Mapping[str, Transition | None]


def changed_lines(
    seen: Sequence[Line], found: Iterable[Row], table: StatusTable, question: Question
) -> dict[str, Transition | None]:
    """The first half of `join`: what the answer means to each line by itself."""
    lines = {line.key: line for line in seen}
    groups: dict[str, list[Row]] = {}
    for row in found:
        groups.setdefault(row.key, []).append(row)
    return {
        key: _change(lines.get(key), rows, table, question)
        for key, rows in groups.items()
    }


def with_changes(
    seen: Sequence[Line], changes: Changes, question: Question
) -> tuple[tuple[Line, ...], tuple[Transition, ...]]:
    """The second half of `join`: the snapshot after, and the transitions.

    Where anything has changed, the question is noted at all lines that it was answered
    for: they share its moment. Where nothing has, the record is not written, and the
    ledger alone knows when it was looked at.
    """
    if not any(changes.values()):
        return tuple(seen), ()
    lines = {line.key: line for line in seen}
    transitions = []
    for key, change in changes.items():
        if change is None:
            lines[key] = _dated(lines[key], question)
        else:
            transitions.append(_counted(change))
            lines[key] = transitions[-1].line
    return tuple(lines[key] for key in sorted(lines)), tuple(transitions)


def _counted(change: Transition) -> Transition:
    """The transition, counted where it takes a fact back.

    It may be as it was before then, and what is told of it must not have that id.
    """
    before, line = change.before, change.line
    if before is None or before.changes != line.changes or not takes_back(before, line):
        return change
    return change._replace(line=line._replace(changes=line.changes + 1))


def _dated(line: Line, question: Question) -> Line:
    if line.asked_ms >= question.asked_ms:
        return line
    return line._replace(asked_ms=question.asked_ms)


def _change(
    before: Line | None, rows: Sequence[Row], table: StatusTable, question: Question
) -> Transition | None:
    if before is None:
        return Transition(None, *_joined(None, rows, table, question))
    if len(rows) == 1:
        if holds(before, rows[0], table):
            return None
        moved = moved_on(before, rows[0], table, question)
        if moved is not None:
            return moved
    known = classified(before, table)
    after, growths = _joined(known, rows, table, question)
    if after == before._replace(asked_ms=after.asked_ms):
        return None
    return Transition(known, after, growths)


def _joined(
    known: Line | None, rows: Sequence[Row], table: StatusTable, question: Question
) -> tuple[Line, tuple[Growth, ...]]:
    """What the rows of one line make of it, and what has reached its stages by them."""
    first = rows[0] if len(rows) == 1 else min(rows, key=lambda row: row.number)
    before = known or Line(first.key, first.number, first.sub_order)
    found = answer(rows, before.ordered, table)
    newest = known is None or question.asked_ms >= before.asked_ms
    reached, growths = _reached(before, found, table)
    ordered = _ordered(before, found, question, newest=newest)
    now = _open(before, found, ordered, reached, table, question, newest=newest)
    shipments, invoices = facts_after(
        before, found, reached, newest=newest, whole=question.whole
    )
    changed = known is not None and (now, ordered) != (before.now, before.ordered)
    since = 0
    if known is not None and covers(ordered, reached, now, table):
        since = _shrunk_ms(before, ordered, question, newest=newest)
    return Line(
        key=before.key,
        number=before.number or first.number,
        sub_order=before.sub_order or first.sub_order,
        ordered=ordered,
        reached=reached,
        now=now,
        shipments=shipments,
        invoices=invoices,
        part=(newest and found.text("part")) or before.part or found.text("part"),
        vendor_part=before.vendor_part or found.text("vendor_part"),
        status_date=max(before.status_date, found.text("status_date")),
        asked_ms=max(before.asked_ms, question.asked_ms),
        changes=before.changes + changed,
        notified=before.notified,
        shrunk_ms=since,
        unread=found.unread if newest else before.unread,
    ), growths


def _open(  # noqa: PLR0913 (the line is not made yet: its fields stand alone)
    before: Line,
    found: Answer,
    ordered: str,
    reached: Sequence[Portion],
    table: StatusTable,
    question: Question,
    *,
    newest: bool,
) -> tuple[Portion, ...]:
    """What is in other statuses than stages after the answer."""
    now = before.now
    if newest and question.whole:
        now = found.now
    elif newest:
        now = filled_up(ordered, reached, before.now, found.now, table)
    shows = newest and bool(found.stages) and bool(found.now)
    return open_within(ordered, reached, now, table, shows_stages=shows)


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
    if not found.stages:
        return before.reached, ()
    if len(found.stages) == 1:
        (stage,) = (Portion(c, written(n)) for c, n in found.stages.items())
        if goes_on(before.reached, stage, table):
            growth = Growth(stage.code, "0", stage.quantity or "?")
            return (*before.reached, stage), (growth,)
    held = {_stage(p.code, before, table): amount(p.quantity) for p in before.reached}
    own = {_stage(code, before, table): n for code, n in found.stages.items()}
    ranked = sorted({*held, *own}, key=lambda code: place(code, table))
    ranks = {code: rule_of(code, table).rank for code in ranked}
    reached: dict[str, Decimal | None] = {}
    growths = []
    # The furthest first: what has reached it has reached those before it.
    for code in reversed(ranked):
        implied = [at for at in ranked if at == code or ranks[at] > ranks[code]]
        known = [held[at] for at in implied if at in held]
        most = _largest(known)
        now = known_total([own[at] for at in implied if at in own])
        if not before.asked_ms and now is not None and most is not None:
            most = _trusted(most, found)
        kept = _largest([most, now, *(reached[at] for at in implied if at in reached)])
        reached[code] = kept
        grown = not known or (most is not None and kept is not None and kept != most)
        if code in own and grown:
            was = written(most) or "?" if known else "0"
            growths.append(Growth(code, was, written(kept) or "?"))
    portions = [Portion(code, written(reached[code])) for code in ranked]
    return tuple(portions), tuple(reversed(growths))


def _largest(numbers: Iterable[Decimal | None]) -> Decimal | None:
    most: Decimal | None = None
    for number in numbers:
        most = larger(most, number)
    return most


def _trusted(most: Decimal, found: Answer) -> Decimal:
    """What an older release's record has of a stage, never more than is ordered.

    It kept the parts of a split line that was joined again, and counted them twice.
    """
    if found.ordered is None or not further(most, found.ordered):
        return most
    return found.ordered


def _stage(code: str, before: Line, table: StatusTable) -> str:
    """The code under which the line has this stage: two codes may mean the same."""
    rule = rule_of(code, table)
    alike = (p.code for p in before.reached if rule_of(p.code, table) == rule)
    return code if not is_stage(rule) else next(alike, code)


def _shrunk_ms(before: Line, ordered: str, question: Question, *, newest: bool) -> int:
    """Since when a covered line is only finished because less is ordered; 0 for not."""
    had, has = amount(before.ordered), amount(ordered)
    if had is not None and has is not None and further(had, has):
        return question.asked_ms
    since = before.shrunk_ms
    agrees = newest and question.asked_ms >= since + question.confirm_ms
    return 0 if agrees else since
