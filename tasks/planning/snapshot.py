"""What changed between two looks at an order: its lines' transitions.

A line's state is joined, not replaced: the higher rank wins, then the later status
date, then the greater code. Statuses come out the same in whatever order replies
arrive, and never go back; so do the late facts, which Westcon adds and does not change.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from serializers.order_record import Line
from tasks.planning.line_keys import part_key
from tasks.planning.statuses import StatusTable, rule_of


@dataclass(frozen=True, slots=True)
class Transition:
    """One line's change of status; `before` is "" for a line not seen before."""

    before: str
    line: Line


def join(
    seen: Sequence[Line], found: Iterable[Line], table: StatusTable
) -> tuple[tuple[Line, ...], tuple[Transition, ...]]:
    """Join what was found into the snapshot.

    Args:
        seen: the snapshot before.
        found: lines of one reply; those of the same key are parts of a split
            quantity. Lines that are missing stay as they were.
        table: the statuses' ranks.

    Returns:
        The snapshot after, in the order of keys, and the transitions.
    """
    lines = {line.key: line for line in seen}
    transitions = []
    for line in _split(found, table):
        before = lines.get(line.key)
        after = line if before is None else _joined(before, line, table)
        lines[line.key] = after
        if before is None or after.status != before.status:
            transitions.append(Transition(before.status if before else "", after))
    return tuple(lines[key] for key in sorted(lines)), tuple(transitions)


def all_terminal(lines: Sequence[Line], table: StatusTable) -> bool:
    return bool(lines) and all(rule_of(ln.status, table).terminal for ln in lines)


def _split(found: Iterable[Line], table: StatusTable) -> list[Line]:
    """Tell the parts of a split line apart.

    The part that is furthest along is always the first: parts only move forward,
    so the k-th furthest is never behind the k-th furthest of an earlier look. Of
    parts equally far the one that came there first stays in front; the one that
    catches up would otherwise take over its place, and be told under its facts.
    """
    parts: defaultdict[str, list[Line]] = defaultdict(list)
    for line in found:
        parts[line.key].append(line)
    distinct = []
    for key, group in parts.items():
        group.sort(key=lambda line: _place(line, table))
        distinct.append(group[0])
        for n, line in enumerate(group[1:], start=2):
            distinct.append(replace(line, key=part_key(key, n)))
    return distinct


def _place(line: Line, table: StatusTable) -> tuple[int, str, str, str, str, int]:
    # Status dates are days; within one, ship dates and invoice numbers go up.
    return (
        -rule_of(line.status, table).rank,
        line.status_date,
        line.status,
        line.ship_date,
        line.invoice,
        -_amount(line.quantity),
    )


def _standing(line: Line, table: StatusTable) -> tuple[int, str, str]:
    return rule_of(line.status, table).rank, line.status_date, line.status


def _joined(before: Line, found: Line, table: StatusTable) -> Line:
    """Join two views of one line: the further one, with the other's late facts."""
    ahead, behind = found, before
    if _weight(before, table) > _weight(found, table):
        ahead, behind = before, found
    return replace(
        ahead,
        quantity=ahead.quantity or behind.quantity,
        part=ahead.part or behind.part,
        vendor_part=ahead.vendor_part or behind.vendor_part,
        ship_date=ahead.ship_date or behind.ship_date,
        invoice=ahead.invoice or behind.invoice,
        number=ahead.number or behind.number,
        sub_order=ahead.sub_order or behind.sub_order,
        # Of the newest answer, whichever is ahead: it goes once it can be read.
        unread=found.unread,
    )


def _weight(line: Line, table: StatusTable) -> tuple[tuple[int, str, str], ...]:
    """A total order, so that two views of equal standing join the same either way."""
    facts = (line.ship_date, line.invoice, line.part)
    return (
        _standing(line, table),
        (_amount(line.quantity), line.quantity, ""),
        (0, facts[0], facts[1]),
        (0, facts[2], line.vendor_part),
    )


def _amount(quantity: str) -> int:
    try:
        return int(Decimal(quantity) * 1000)
    except (InvalidOperation, ValueError, OverflowError):
        return -1
