"""Plan of one event: the order, its watches, its deliveries."""

import json
from dataclasses import dataclass, replace

from serializers.events.decode import EventLine, EventType, OrderEvent
from serializers.formats.ids import event_id
from serializers.line_key import line_key
from serializers.order_record import Expected, Order, Stamp
from serializers.timeline.codes import Code, Note, note
from tasks.ledger_values import Held, Kind, NewDelivery, WatchMove
from tasks.planning.choice import ACCOUNT, SITE, check_names, check_place
from tasks.planning.corrections import recalled, with_correction
from tasks.planning.event_time import healed, notified_moment, remarks, stamp_of
from tasks.planning.identity import first_made, identity
from tasks.planning.lines.answer import Question, Row
from tasks.planning.lines.line_keys import lines_numbered
from tasks.planning.lines.snapshot import join
from tasks.planning.notifications import plan_cancellation, plan_notifications
from tasks.planning.references import with_references
from tasks.planning.returns import join_returns, listed, notify_returned
from tasks.planning.rules import DECK, PlanRules, destination_of


def linked(
    held: Held, order: Order, event: OrderEvent, stamp: Stamp, rules: PlanRules
) -> tuple[Order, tuple[NewDelivery, ...]]:
    """Link the event's customer, unless a newer event or the last link did so.

    Args:
        held: the order before the event.
        order: the order with the event's references.
        event: the event.
        stamp: when the event is, against others.
        rules: whether DECK is in use.

    Returns:
        The order with its customer, and the link if one must be made.
    """
    customer = event.customer_id
    if _is_moved(held, order) and (not customer or stamp < order.customer_at):
        # At its new site it is linked to whose it is known to be.
        customer, stamp = order.customer_id, max(stamp, order.customer_at)
    # A customer that DECK was never sent must not count as linked once it is in use.
    if not rules.deck or not customer or stamp < order.customer_at:
        return order, ()
    check_place(SITE, order.site, rules.sites)
    order = order._replace(customer_id=customer, customer_at=stamp)
    payload = link_payload(order.deck_number or order.number, customer)
    if (order.site, payload) == _known_link(held):
        return order, ()
    id_ = event_id("link", *identity(order), str(held.version + 1), customer)
    place = destination_of(DECK, order.site)
    link = NewDelivery(
        id=f"{id_}.{place.rpartition('/')[2]}",
        destination=place,
        kind=Kind.LINK,
        payload=payload,
    )
    return order, (link,)


def _is_moved(held: Held, order: Order) -> bool:
    """Whether the event has the order at another site of DECK's than before."""
    return held.order is not None and held.order.site != order.site


def _known_link(held: Held) -> tuple[str, bytes] | None:
    """The site and the payload of the last link."""
    before = held.order
    if before is None or not before.customer_id:
        return None
    number = before.deck_number or before.number
    return before.site, link_payload(number, before.customer_id)


def link_payload(order_number: str, customer_id: str) -> bytes:
    """What a link delivery keeps: DECK's order number and the customer."""
    return json.dumps([order_number, customer_id], ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Plan:
    """What one event leads to; `notes` are its entry in the order's timeline."""

    order: Order
    watch: WatchMove
    deliveries: tuple[NewDelivery, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class _When:
    """Moments of one event: against others, of its planning, and of what it reports."""

    stamp: Stamp
    now_ms: int
    notified_ms: int


def plan(
    event: OrderEvent, entry: str, held: Held, rules: PlanRules, now_ms: int
) -> Plan:
    """Plan one event against the order as the ledger holds it.

    Args:
        event: the event.
        entry: the first stream entry that held it, `<ms>-<n>`; it dates an event
            without a time.
        held: the order before it.
        rules: partners in use, endpoints, statuses.
        now_ms: when the event is planned, by Redis' clock.

    Raises:
        PermanentError: it concerns an account or a site that there is not.
    """
    check_names(event, rules)
    rules = replace(rules, everyone=held.roster.names)
    stamp = stamp_of(event, entry, now_ms)
    before = held.order or first_made(event, stamp, rules, now_ms)
    order = with_references(healed(before, now_ms), event, stamp)
    order, corrected = with_correction(before, order)
    notes = (*_reported(event, rules), *remarks(event, entry, now_ms), *corrected)
    when = _When(stamp, now_ms, notified_moment(event, entry, order, now_ms))
    link: tuple[NewDelivery, ...] = ()
    match event.type:
        case EventType.PLACED:
            order, watch, why = _placed(order, event, when, rules)
            order, link = linked(held, order, event, stamp, rules)
            return Plan(order, watch, link, (*notes, *why))
        case EventType.CUSTOMER_LINKED:
            order, link = linked(held, order, event, stamp, rules)
            why = () if link else (note(Code.NO_NEW_LINK),)
            planned = Plan(order, WatchMove.NONE, link, why)
        case EventType.STATUS_CHANGED:
            planned = _status_changed(order, event, when, rules)
        case EventType.RETURNED:
            planned = _returned(order, event, when, rules)
        case EventType.CANCELLED:
            return _cancelled(order, when, rules, notes)
    if event.type is not EventType.CUSTOMER_LINKED and _is_moved(held, order):
        order, link = linked(held, planned.order, event, stamp, rules)
        planned = replace(planned, order=order, deliveries=planned.deliveries + link)
    planned = replace(planned, notes=(*notes, *planned.notes))
    return _watched_from_now(before, planned, rules)


def _watched_from_now(before: Order, planned: Plan, rules: PlanRules) -> Plan:
    """Start the watch of an order placed without a number, once an event brings it.

    Where an event corrects the number, the watch looks by the new one at once.
    """
    order = planned.order
    if order.westcon_question == before.westcon_question or not rules.westcon:
        return planned
    if before.westcon_reference is not None:
        return replace(planned, watch=WatchMove.LOOK)
    if order.placed_ms and not order.cancelled:
        check_place(ACCOUNT, order.account, rules.accounts)
        notes = (*planned.notes, note(Code.WATCHED_NOW))
        return replace(planned, watch=WatchMove.START, notes=notes)
    return planned


def _reported(event: OrderEvent, rules: PlanRules) -> tuple[Note, ...]:
    """The event, and the endpoints that it names and nobody knows here."""
    unknown = [n for n in event.endpoints or () if n not in rules.endpoints]
    kept = (note(Code.KEPT_FOR, name) for name in unknown)
    return (note(Code[event.type.name], event.id), *kept)


def _status_changed(
    order: Order, event: OrderEvent, when: _When, rules: PlanRules
) -> Plan:
    """Join the event's lines, unless the order was notified as void since.

    The plan's notes are what the timeline adds to the event's own.
    """
    if order.cancelled and when.stamp < order.cancelled_at:
        return Plan(order, WatchMove.NONE, (), (note(Code.NOT_NOTIFIED),))
    found = [_row(order, ln) for ln in event.lines]
    order = recalled(order, {row.key for row in found})
    question = Question(min(when.stamp.time_ms, when.now_ms), whole=False)
    lines, transitions = join(order.lines, found, rules.statuses, question)
    order = order._replace(lines=lines)
    if any(one.is_progress for one in transitions):
        order = order._replace(changed_ms=when.now_ms)
    order, given = plan_notifications(order, transitions, rules, when.notified_ms)
    return Plan(order, WatchMove.LOOK, given, ())


def _returned(order: Order, event: OrderEvent, when: _When, rules: PlanRules) -> Plan:
    """Keep what has come back, and notify of what is new; an order may be cancelled."""
    returns, grown = join_returns(order.returns, event.lines)
    order = order._replace(returns=returns)
    order, given = notify_returned(order, grown, rules, when.notified_ms)
    return Plan(order, WatchMove.NONE, given, tuple(listed(grown)))


def _placed(
    order: Order, event: OrderEvent, when: _When, rules: PlanRules
) -> tuple[Order, WatchMove, tuple[Note, ...]]:
    """Start the watch, or note what speaks against it."""
    stamp = when.stamp
    first = not order.placed_at.time_ms or not order.lines
    newest = stamp > order.placed_at
    if event.lines and (newest or not order.expected):
        order = order._replace(expected=_expected(event))
    order = order._replace(
        placed_ms=order.placed_ms or when.notified_ms,
        placed_at=max(order.placed_at, stamp),
    )
    if order.cancelled and stamp < order.cancelled_at:
        return order, WatchMove.NONE, (note(Code.NOT_WATCHED),)
    order = order._replace(cancelled=False)
    if not rules.westcon:
        return order, WatchMove.NONE, (note(Code.WESTCON_NOT_CONFIGURED),)
    if order.westcon_reference is None:
        return order, WatchMove.NONE, (note(Code.NO_REFERENCE),)
    check_place(ACCOUNT, order.account, rules.accounts)
    if first and newest:
        order = order._replace(baseline=event.baseline)
    return order._replace(changed_ms=when.now_ms), WatchMove.START, ()


def _expected(event: OrderEvent) -> tuple[Expected, ...]:
    lines = ((one.line_number, one.quantity, one.part_number) for one in event.lines)
    return tuple(Expected(*line) for line in lines)


def _cancelled(
    order: Order, when: _When, rules: PlanRules, notes: tuple[Note, ...]
) -> Plan:
    stamp = when.stamp
    newest = max(order.placed_at, order.cancelled_at)
    if stamp < newest:
        return Plan(order, WatchMove.NONE, (), (*notes, note(Code.OUTDATED)))
    known = order.cancelled
    order = order._replace(cancelled=True, cancelled_at=stamp)
    if known:
        return Plan(order, WatchMove.END, (), (*notes, note(Code.CANCELLED_ALREADY)))
    order, given = plan_cancellation(order, rules, when.notified_ms)
    return Plan(order, WatchMove.END, given, notes)


def _row(order: Order, given: EventLine) -> Row:
    """A row of the event, under the key of the snapshot's line that it is about."""
    known = next(iter(lines_numbered(order.lines, given.line_number)), None)
    sub_order = order.westcon_number.lstrip("0") if order.westcon_type == "W" else ""
    return Row(
        key=known.key if known else line_key(sub_order, given.line_number),
        number=known.number if known else given.line_number,
        sub_order=known.sub_order if known else sub_order,
        status=given.status,
        quantity=given.quantity,
        vendor_part=given.part_number,
        ship_date=given.ship_date,
        invoice=given.invoice,
        shipments=given.shipments,
    )
