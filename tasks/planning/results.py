"""Results that follow from an event or a look: what the ERP hears of it.

What only a script knows, such as that a delivery has arrived or that a watch has
ended, the scripts write by themselves (`item_results.lua`).
"""

from serializers.errors import DecodeError
from serializers.events import decode
from serializers.events.entry import value_of
from serializers.events.entry_fields import Fields
from serializers.events.event import OrderEvent
from serializers.events.problems import separated
from serializers.failure_cause import MALFORMED
from serializers.formats.ids import event_id
from serializers.formats.json_limits import JsonValue
from serializers.formats.text import printable
from serializers.line_record import facts_text
from serializers.order_record import Line, Order
from serializers.results import encode
from serializers.results.encode import ChangedLine
from serializers.results.result import NewResult, ResultType
from tasks.planning.identity import identity
from tasks.planning.lines.distribution import backordered, shipped
from tasks.planning.rules import PlanRules

#: So many problems of a refused event are named, and so many characters of a text.
PROBLEMS, LENGTH = 20, 300


def of_event(
    event: OrderEvent,
    entry: str,
    before: Order | None,
    after: Order,
    rules: PlanRules,
) -> tuple[NewResult, ...]:
    """What the ERP hears of an admitted event, in the order in which it happened.

    Args:
        event: the event.
        entry: of the stream.
        before: the order before it, None for a new one.
        after: the order after it.
        rules: which results are written.
    """
    return (
        *_accepted(event, entry, rules),
        *of_change(before, after, rules),
    )


def _accepted(event: OrderEvent, entry: str, rules: PlanRules) -> tuple[NewResult, ...]:
    if ResultType.ACCEPTED not in rules.results:
        return ()
    data = encode.encode(
        {
            "id": event.id,
            "source": event.source,
            "event_type": event.type.value,
            "entry": entry,
        }
    )
    id_ = f"event:{decode.digest(event.source, event.id)}:accepted"
    return (NewResult(ResultType.ACCEPTED, id_, data),)


def of_change(
    before: Order | None, after: Order, rules: PlanRules
) -> tuple[NewResult, ...]:
    """What the ERP hears of an order's lines, nothing where they are as before."""
    if ResultType.CHANGED not in rules.results:
        return ()
    # What a correction has set aside was told: it is told again once it has changed.
    known = {} if before is None else _known(before)
    lines = [ln for ln in after.lines if _differs(known.get(ln.key), ln)]
    if not lines:
        return ()
    table = rules.statuses
    data = encode.changed(
        after.number,
        after.purchase_order,
        [
            ChangedLine(line, shipped(line, table), backordered(line, table))
            for line in lines
        ],
        baseline=before is not None and before.baseline,
    )
    named = [part for line in lines for part in _named(line)]
    return (
        NewResult(
            ResultType.CHANGED, event_id("changed", *identity(after), *named), data
        ),
    )


def _known(order: Order) -> dict[str, Line]:
    return {line.key: line for line in (*order.aside, *order.lines)}


def _differs(before: Line | None, after: Line) -> bool:
    if before is None:
        return True
    return before is not after and _seen(before) != _seen(after)


def _seen(line: Line) -> tuple[object, ...]:
    """What a result has of a line."""
    quantities = (line.ordered, line.reached, line.now)
    names = (line.number, line.vendor_part or line.part)
    return *quantities, line.shipments, line.invoices, *names


def _named(line: Line) -> tuple[str, ...]:
    """What distinguishes a line's state from all others that it is ever in.

    What has been reached and what is known of it only grow; what is open or ordered,
    and what is taken back, changes under a counter.
    """
    reached = " ".join(f"{code} {quantity}" for code, quantity in line.reached)
    part = line.vendor_part or line.part
    return line.key, str(line.changes), line.ordered, reached, facts_text(line), part


def refused(ref: str, entry: str, fields: Fields | None, why: str, code: str) -> bytes:
    """The data of an event that is refused, as far as it can be read.

    Args:
        ref: of its dead letter.
        entry: of the stream.
        fields: of the entry, None where it was too large to be read.
        why: every problem, each with its path where it is malformed.
        code: of the refusal.
    """
    event = _members(fields)
    problems = separated(why)[:PROBLEMS] if code == MALFORMED else ()
    return encode.encode(
        {
            "entry": entry,
            "dead_letter": ref,
            "code": code,
            "reason": why[:LENGTH],
            "id": _text(event.get("id")),
            "source": _text(event.get("source")),
            "problems": [_fault(one) for one in problems],
        }
    )


def refused_about(fields: Fields) -> tuple[str, str]:
    """The order that a refused event names and its traceparent; "" for none."""
    event = _members(fields)
    data = event.get("data")
    order = data.get("order_number") if isinstance(data, dict) else ""
    return _text(order), decode.trace_of(event)


def _members(fields: Fields | None) -> dict[str, JsonValue]:
    try:
        value = value_of(fields or ())
    except DecodeError:
        return {}
    return dict(value) if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return printable(value.strip(), LENGTH) if isinstance(value, str) else ""


def _fault(problem: str) -> dict[str, str]:
    where, colon, reason = problem.partition(": ")
    fault = {"field": where, "reason": reason} if colon else {"reason": problem}
    return {name: text[:LENGTH] for name, text in fault.items()}
