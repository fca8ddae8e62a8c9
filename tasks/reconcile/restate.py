"""Notification of how an order's lines are now, under an id that is given."""

from collections.abc import Iterator, Sequence

from serializers.order_record import Line, Order
from tasks.ledger_values import NewDelivery
from tasks.planning.lines.distribution import classified
from tasks.planning.lines.transitions import Growth, Transition
from tasks.planning.notifications import notified_lines, under_id
from tasks.planning.occurrences import UPDATED, Occurrence, occurrences, updated
from tasks.planning.rules import PlanRules
from tasks.planning.statuses import StatusRule


def restated(
    order: Order,
    keys: Sequence[str],
    event_id: str,
    endpoint: str,
    rules: PlanRules,
) -> tuple[NewDelivery, ...]:
    """Notify one endpoint of lines as they are now; nothing where it wants none of it.

    A line is stated under the event types of what it has reached and is in, as if it
    were seen for the first time; one of which nobody is notified, as updated.

    Args:
        order: as the ledger has it.
        keys: of the lines, none for all.
        event_id: under which the endpoint hears of it.
        endpoint: its name.
        rules: statuses and endpoints.
    """
    lines = [one for one in order.lines if not keys or one.key in keys] or order.lines
    found = [one for line in lines for one in _as_first_seen(line, rules)]
    if not found:
        found = [Occurrence(StatusRule(0, event=UPDATED), None)]
    spelled = notified_lines(found, rules.statuses)
    return under_id(order, spelled, event_id, (endpoint,), rules, order.notified_ms)


def _as_first_seen(line: Line, rules: PlanRules) -> Iterator[Occurrence]:
    line = classified(line, rules.statuses)
    growths = tuple(Growth(one.code, "0", one.quantity) for one in line.reached[-1:])
    seen = occurrences(Transition(None, line, growths), rules)
    yield from seen or [Occurrence(updated(line, rules), line)]
