"""Occurrences in a line's transition of which receivers are notified, with their names.

Quantity that has reached a stage is notified under the stage's event, quantity that has
come into an open state under that state's. Where quantity has only left a state that
was notified, or less is ordered, the line is updated.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from serializers.order_record import Line, Portion
from tasks.planning.lines.amounts import amount, further
from tasks.planning.lines.transitions import Transition
from tasks.planning.rules import PlanRules
from tasks.planning.statuses import StatusRule, StatusTable, rule_of

#: The event type of a line that has changed without reaching anything, and of a status
#: without an entry in the table, where the settings ask for it.
UPDATED = "im::updated"

#: What a line is that is neither shipped nor in a state with a name of its own.
OPEN = "IM::open"


class Occurrence(NamedTuple):
    """One line under one event type.

    Attributes:
        rule: its event and what the line is notified to be; the rank orders events.
        line: as it is now; None for the whole of an order without known lines.
        before: as it was, None where it was not known.
        late: whether it is only that facts have come later than what they belong to.
    """

    rule: StatusRule
    line: Line | None
    before: Line | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """What receivers are notified of at one time.

    Attributes:
        occurrences: the lines; empty where nothing concerns anybody.
        names: what distinguishes this from all else that happens to the order.
    """

    occurrences: Sequence[Occurrence]
    names: Sequence[str]


def news_of(transitions: Iterable[Transition], rules: PlanRules) -> News:
    """The news that an order's transitions are."""
    found: list[Occurrence] = []
    named: list[str] = []
    for change in transitions:
        own = occurrences(change, rules)
        found += own
        named += names(change, own)
    return News(found, named)


def occurrences(change: Transition, rules: PlanRules) -> list[Occurrence]:
    """What is notified of a transition; nothing for one that concerns nobody."""
    line, before = change.line, change.before
    found = [*_grown(change, rules), *_entered(change, rules)]
    if found or before is None:
        return [Occurrence(rule, line, before) for rule in found]
    if _has_left(change, rules) or _is_reordered(change, rules):
        return [Occurrence(updated(line, rules), line, before)]
    if change.has_facts and before.reached:
        return [Occurrence(updated(line, rules), line, before, late=True)]
    return []


def names(change: Transition, reported: list[Occurrence]) -> tuple[str, ...]:
    """What distinguishes a transition from all others of its order, for the event's id.

    A stage is reached from one quantity to another once; what is open or ordered, and
    facts that are taken back, change under a counter. Five texts for each part.
    """
    if not reported:
        return ()
    line, before = change.line, change.before
    key, parts = line.key, []
    for growth in change.growths:
        parts += [key, "reached", growth.code, growth.before, growth.after]
    changes = 0 if before is None else before.changes
    if changes != line.changes or (before is None and line.now):
        was = "" if before is None else _open(before)
        parts += [key, f"open {line.changes}", line.ordered, was, _open(line)]
    if reported[0].late:
        # Without a count what was added to first is named as it always was.
        parts += [key, "facts", change.facts, str(line.changes or ""), ""]
    return tuple(parts)


def _open(line: Line) -> str:
    return " ".join([f"{c} {q}" for c, q in line.now])


def _grown(change: Transition, rules: PlanRules) -> Iterator[StatusRule]:
    for growth in change.growths:
        rule = rule_of(growth.code, rules.statuses)
        if rule.event:
            yield rule


def _entered(change: Transition, rules: PlanRules) -> Iterator[StatusRule]:
    """The states into which quantity has come, of those that are notified."""
    held = {} if change.before is None else dict(change.before.now)
    for code, quantity in change.line.now:
        rule = notified_as(code, rules)
        if rule is not None and (code not in held or _more(quantity, held[code])):
            yield rule


def notified_as(code: str, rules: PlanRules) -> StatusRule | None:
    """How a status is notified, None where it is not."""
    rule = rule_of(code, rules.statuses)
    if rule.event:
        return rule
    if rules.notify_unknown and code not in rules.statuses:
        return replace(rule, event=UPDATED, line_status=code)
    return None


def _more(quantity: str, before: str) -> bool:
    now, held = amount(quantity), amount(before)
    return now is not None and held is not None and further(now, held)


def _has_left(change: Transition, rules: PlanRules) -> bool:
    """Whether quantity has left a state that was notified, or entered none by it."""
    held = dict(change.line.now)
    known: tuple[Portion, ...] = () if change.before is None else change.before.now
    return any(
        notified_as(code, rules) is not None
        and (code not in held or _more(quantity, held[code]))
        for code, quantity in known
    )


def _is_reordered(change: Transition, rules: PlanRules) -> bool:
    """Whether another quantity is ordered of a line that was notified before."""
    before, line = change.before, change.line
    if before is None or not before.ordered or before.ordered == line.ordered:
        return False
    # A record of an older release does not show which lines it has notified of.
    if before.notified or before.reached:
        return True
    return any(notified_as(code, rules) for code, _ in before.now)


def updated(line: Line, rules: PlanRules) -> StatusRule:
    """What an updated line is notified to be: the name of what it is now."""
    table: StatusTable = rules.statuses
    states = [notified_as(code, rules) for code, _ in line.now]
    named = [rule.line_status for rule in states if rule is not None]
    if not line.now:
        named = [rule_of(portion.code, table).line_status for portion in line.reached]
    return StatusRule(0, event=UPDATED, line_status=named[-1] if named else OPEN)
