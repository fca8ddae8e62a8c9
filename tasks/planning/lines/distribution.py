"""Distribution of a line: how much is shipped, back-ordered or open."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from serializers.order_record import Line, Portion
from tasks.planning.lines.amounts import (
    NONE,
    amount,
    further,
    rest,
    total,
    total_of,
    written,
)
from tasks.planning.lines.answer import at_least, larger
from tasks.planning.statuses import (
    BACKORDERED,
    VOIDED,
    StatusTable,
    is_stage,
    place,
    rule_of,
)


def is_finished(line: Line, table: StatusTable) -> bool:
    """Whether nothing more can come of a line.

    What is invoiced and rejected covers what is ordered now, and not only because less
    is ordered than the answer before had.
    """
    return not line.shrunk_ms and is_covered(line, table)


def is_covered(line: Line, table: StatusTable) -> bool:
    """Whether what is in terminal statuses is all that is ordered."""
    ended = [p for p in line.now if rule_of(p.code, table).terminal]
    stages = [p for p in line.reached if rule_of(p.code, table).terminal]
    ordered = amount(line.ordered)
    done = total_of([*ended, *stages[-1:]])
    if not ordered or done is None:
        last = stages == list(line.reached) or bool(stages)
        return bool(ended or stages) and len(ended) == len(line.now) and last
    return bool(ended or stages) and not further(ordered, done)


def shipped(line: Line, table: StatusTable) -> str | None:
    """How much has been shipped so far, "" if unknown, None for nothing."""
    return _sum([p for p in line.reached if is_stage(rule_of(p.code, table))][:1])


def backordered(line: Line, table: StatusTable) -> str | None:
    """How much is back-ordered now, "" if unknown, None for nothing."""
    return _sum([p for p in line.now if rule_of(p.code, table).event == BACKORDERED])


def _sum(portions: Sequence[Portion]) -> str | None:
    return written(total_of(portions)) if portions else None


def classified(line: Line, table: StatusTable) -> Line:
    """Move stages out of `now`, where an older release's record has everything."""
    stages = {p.code: amount(p.quantity) for p in line.now if _is_stage(p, table)}
    if not stages:
        return line
    found = sorted(stages, key=lambda code: place(code, table))
    reached = [Portion(c, written(at_least(c, stages, table))) for c in found]
    kept = [portion for portion in line.now if portion.code not in stages]
    kept.sort(key=lambda portion: place(portion.code, table))
    return replace(line, now=tuple(kept), reached=tuple(reached))


def _is_stage(portion: Portion, table: StatusTable) -> bool:
    return is_stage(rule_of(portion.code, table))


def open_within(
    line: Line, now: tuple[Portion, ...], table: StatusTable, *, shows_stages: bool
) -> tuple[Portion, ...]:
    """Leave open what can be open: neither shipped nor rejected.

    Where an answer has less shipped than was seen before, what it has in its least
    advanced statuses is what is open.

    Args:
        line: as it is after the answer, but for what is open.
        now: all that the answer has open.
        table: of statuses.
        shows_stages: whether the answer has some of it in stages, beside what is open.
    """
    voided = tuple(p for p in now if rule_of(p.code, table).event == VOIDED)
    ordered, gone = amount(line.ordered), _furthest(line.reached)
    if gone is None:
        # How much has been shipped is not known: all of it, until a row is left.
        return now if shows_stages else voided
    if ordered is None or ordered <= NONE:
        return now
    room = rest(ordered, gone, total_of(voided))
    if room is None:
        return now
    kept = []
    for portion in now:
        held = amount(portion.quantity)
        if portion in voided or held is None or held <= NONE:
            kept.append(portion)
            continue
        held = min(held, room)
        room -= held
        if held:
            kept.append(Portion(portion.code, written(held)))
    return tuple(kept)


def _furthest(reached: Sequence[Portion]) -> Decimal | None:
    """The most that has reached any stage; None if it is not known."""
    most: Decimal | None = NONE
    for portion in reached:
        number = amount(portion.quantity)
        if number is None:
            return None
        most = larger(most, number)
    return most


def filled_up(
    line: Line, now: Sequence[Portion], table: StatusTable
) -> tuple[Portion, ...]:
    """What an event about a part of the line leaves open of the rest.

    Args:
        line: as it is after the event, with what was open before.
        now: what the event has open.
        table: of statuses.
    """
    ordered, gone = amount(line.ordered), _furthest(line.reached)
    held = None if gone is None else total((gone, total_of(now)))
    room = None if ordered is None or held is None else rest(ordered, held)
    if not room:
        return tuple(now)
    kept = {portion.code: portion for portion in now}
    for portion in line.now:
        number = amount(portion.quantity)
        if portion.code in kept or number is None:
            continue
        part = min(number, room)
        room -= part
        if part > NONE:
            kept[portion.code] = Portion(portion.code, written(part))
    return tuple(sorted(kept.values(), key=lambda one: place(one.code, table)))
