"""Distribution of a line: how much is shipped, back-ordered or open."""

from collections.abc import Sequence
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
    return covers(line.ordered, line.reached, line.now, table)


def covers(
    ordered: str,
    reached: Sequence[Portion],
    now: Sequence[Portion],
    table: StatusTable,
) -> bool:
    """The same of a line that is not made yet, by its fields."""
    ended = [p for p in now if rule_of(p.code, table).terminal]
    stages = [p for p in reached if rule_of(p.code, table).terminal]
    if not (ended or stages):
        return False
    if not now and ordered and stages[-1].quantity == ordered:
        return True
    whole, done = amount(ordered), total_of([*ended, *stages[-1:]])
    if not whole or done is None:
        return len(ended) == len(now) and (bool(stages) or not reached)
    return not further(whole, done)


def shipped(line: Line, table: StatusTable) -> str | None:
    """How much has been shipped so far, "" if unknown, None for nothing."""
    stages = (p.quantity for p in line.reached if is_stage(rule_of(p.code, table)))
    return next(stages, None)


def backordered(line: Line, table: StatusTable) -> str | None:
    """How much is back-ordered now, "" if unknown, None for nothing."""
    if not line.now:
        return None
    return _sum([p for p in line.now if rule_of(p.code, table).event == BACKORDERED])


def _sum(portions: Sequence[Portion]) -> str | None:
    if len(portions) == 1:
        return portions[0].quantity
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
    return line._replace(now=tuple(kept), reached=tuple(reached))


def _is_stage(portion: Portion, table: StatusTable) -> bool:
    return is_stage(rule_of(portion.code, table))


def open_within(
    ordered: str,
    reached: Sequence[Portion],
    now: tuple[Portion, ...],
    table: StatusTable,
    *,
    shows_stages: bool,
) -> tuple[Portion, ...]:
    """Leave open what can be open: neither shipped nor rejected.

    Where an answer has less shipped than was seen before, what it has in its least
    advanced statuses is what is open.

    Args:
        ordered: how much of the line is ordered by the answer.
        reached: what has reached each stage by it.
        now: all that the answer has open.
        table: of statuses.
        shows_stages: whether the answer has some of it in stages, beside what is open.
    """
    if not now:
        return ()
    voided = tuple(p for p in now if rule_of(p.code, table).event == VOIDED)
    whole, gone = amount(ordered), _furthest(reached)
    if gone is None:
        # How much has been shipped is not known: all of it, until a row is left.
        return now if shows_stages else voided
    if whole is None or whole <= NONE:
        return now
    room = rest(whole, gone, total_of(voided))
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
    ordered: str,
    reached: Sequence[Portion],
    before: Sequence[Portion],
    now: Sequence[Portion],
    table: StatusTable,
) -> tuple[Portion, ...]:
    """What an event about a part of the line leaves open of the rest.

    Args:
        ordered: how much of the line is ordered by the event.
        reached: what has reached each stage by it.
        before: what was open.
        now: what the event has open.
        table: of statuses.
    """
    whole, gone = amount(ordered), _furthest(reached)
    held = None if gone is None else total((gone, total_of(now)))
    room = None if whole is None or held is None else rest(whole, held)
    if not room:
        return tuple(now)
    kept = {portion.code: portion for portion in now}
    for portion in before:
        number = amount(portion.quantity)
        if portion.code in kept or number is None:
            continue
        part = min(number, room)
        room -= part
        if part > NONE:
            kept[portion.code] = Portion(portion.code, written(part))
    return tuple(sorted(kept.values(), key=lambda one: place(one.code, table)))
