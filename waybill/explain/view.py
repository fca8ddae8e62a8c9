"""Views of an order's story: lines for a person, a document for a program."""

from collections.abc import Container, Iterable, Iterator, Sequence

from serializers.order import DEFAULT
from serializers.order_record import Line, Order, Return
from serializers.timeline.entry import Entry
from waybill.console import iso, moment, span
from waybill.explain.blockers import Blocked, Blocker, is_ready
from waybill.explain.now import now_text
from waybill.explain.timeline import document as noted
from waybill.explain.timeline import words
from workers.ledger.views.order_items import DEAD, Item
from workers.ledger.views.order_story import OrderStory

#: What the state of a watch or a delivery means; `{}` is its moment.
STATES = {
    "due": "waits until {}",
    "leased": "is handed to a worker until {}",
    "sending": "is being worked on; its lease ends {}",
    "lane": "waits behind another one to the same destination",
    "dead": "is a dead letter",
    "ended": "has ended",
    "": "is not watched",
}

#: The same when its moment has come, `{}` seconds ago.
READY = {
    "due": "has been due for {}",
    "leased": "was handed to a worker whose lease ended {} ago",
    "sending": "was being worked on until its lease ended {} ago",
}


def references(order: Order, endpoints: Container[str]) -> Iterator[tuple[str, str]]:
    """What partners call the order, as (whose, reference); nothing that is empty.

    Args:
        order: the ledger's record.
        endpoints: that the settings have.
    """
    reference = order.westcon_reference
    known = (
        ("source", order.source),
        ("purchase order", order.purchase_order),
        ("customer at DECK", order.customer_id),
        ("order at DECK", order.deck_number),
        ("site of DECK", order.site),
        ("asked of Westcon as", " ".join(reference) if reference else ""),
        ("account at Westcon", order.account),
        ("endpoints", _endpoints(order, endpoints)),
        ("placed", moment(order.placed_ms) if order.placed_ms else ""),
        ("state", "cancelled" if order.cancelled else ""),
    )
    yield from ((name, value) for name, value in known if value)


def watch_text(watch: Item, now_ms: int) -> str:
    """Where the watch stands and when the next look is."""
    state = _state(watch, now_ms)
    if watch.state == "due" and watch.due_ms is not None:
        ready = is_ready(watch, now_ms)
        state = f"next look {state if ready else moment(watch.due_ms)}"
    if watch.looked_ms:
        state += f"; last look {moment(watch.looked_ms)}"
    if watch.attempts:
        state += f"; attempts since the last look that worked: {watch.attempts}"
    return state


def delivery_text(delivery: Item, now_ms: int, most: int | None = None) -> str:
    """Where a delivery stands; `most` attempts are made where its limit is known."""
    state = _state(delivery, now_ms)
    of = f" of {most}" if most else ""
    attempts = f", attempts: {delivery.attempts}{of}" if delivery.attempts else ""
    failed = f", the last failed with {delivery.code}" if delivery.code else ""
    whose = " of an earlier order of this number" if delivery.earlier else ""
    return f"{delivery.kind}{whose} to {delivery.destination} {state}{attempts}{failed}"


def blocked_text(item: Item, found: Sequence[Blocker], now_ms: int) -> Iterator[str]:
    """Why its last attempt failed, what blocks an item, or what happens to it next."""
    if item.failed:
        yield f"last try: {item.failed}"
    yield from (f"blocked: {one.message}" for one in found)
    if not found and is_ready(item, now_ms):
        yield "a worker takes it next"


def line_row(line: Line) -> tuple[str, ...]:
    """A line of the snapshot as a table's row."""
    part = " ".join(filter(None, (line.part, line.vendor_part)))
    days = ", ".join(filter(None, (one.date for one in line.shipments)))
    fields = (line.ordered, part, days, ", ".join(dict(line.invoices)))
    return (line.number, line.sub_order, line.distribution, line.status_date, *fields)


def shipment_text(lines: Iterable[Line]) -> Iterator[str]:
    """Carriers, parcels and pieces of each line's shipments, where any are known."""
    for line in lines:
        for one in line.shipments:
            known = (
                ("carrier", one.carrier or one.carrier_code),
                ("from", one.warehouse),
                ("tracking", ", ".join(one.tracking_numbers)),
                ("serials", ", ".join(one.serial_numbers)),
                ("MAC", ", ".join(one.mac_addresses)),
            )
            facts = "; ".join(f"{name} {text}" for name, text in known if text)
            if facts:
                yield f"{_where(line)} shipped {one.date or 'some day'}: {facts}"


def parcel_text(order: Order, watches: Iterable[Item]) -> Iterator[str]:
    """What is known of an order's parcels and stands at none of its lines."""
    parcels = order.parcels
    ends = {"ended", DEAD, ""}
    yet = "" if all(watch.state in ends for watch in watches) else " yet"
    for wait in parcels.waits:
        what = f"line {wait.key} waits" if wait.key else "waits"
        yield f"{what} for tracking numbers since {moment(wait.since_ms)}"
    traced = {ln.key for ln in order.lines for s in ln.shipments if s.tracking_numbers}
    for key in parcels.open:
        some = " of all that was shipped" if key in traced else ""
        yield f"line {key}: no tracking number{some} is known{yet}"
    for one in parcels.serials:
        mac = one.mac_address and f" (MAC {one.mac_address})"
        yield f"of a line that is not known: serial {one.number or '-'}{mac}"


def unread_text(lines: Iterable[Line]) -> Iterator[str]:
    """What Westcon wrote of lines in a form that cannot be read."""
    for line in lines:
        if line.unread:
            what = f"Westcon's {line.unread} cannot be read, not notified"
            yield f"{_where(line)}: {what}"


def _where(line: Line) -> str:
    return "line " + f"{line.sub_order}/{line.number}".lstrip("/")


def returned_text(returns: Iterable[Return]) -> Iterator[str]:
    """What has come back, as the ERP reports it."""
    for one in returns:
        yield f"line {one.line_number}: {one.quantity} returned"


def document(story: OrderStory, blocked: Blocked) -> dict[str, object]:
    """The JSON object of `--json`; its members are only ever added to."""
    order, reference = story.order, story.order.westcon_reference
    watches = [_watch(one) | _waits(one, blocked, story.at_ms) for one in story.watches]
    return {
        "order": order.number,
        "now": now_text(story, blocked),
        "source": order.source or None,
        "known": True,
        "at": iso(story.at_ms),
        "version": story.version,
        "purchase_order": order.purchase_order or None,
        "customer_id": order.customer_id or None,
        "deck_order": order.deck_number or None,
        "deck_site": order.site or DEFAULT,
        "westcon_account": order.account or DEFAULT,
        "westcon": reference and {"order_type": reference[0], "order": reference[1]},
        "endpoints": None if order.endpoints is None else list(order.endpoints),
        "placed": _iso(order.placed_ms),
        "changed": _iso(order.changed_ms),
        "baseline": order.baseline,
        "cancelled": order.cancelled,
        "lines": [_line_members(line) for line in order.lines],
        "returns": [
            {"line": one.line_number, "quantity": one.quantity} for one in order.returns
        ],
        "parcels": {
            "waiting_since": _iso(order.parcels.waits_ms),
            "waiting": [
                {"line": one.key, "since": _iso(one.since_ms)}
                for one in order.parcels.waits
            ],
            "open_lines": list(order.parcels.open),
            "serials": [one._asdict() for one in order.parcels.serials],
        },
        "expected": [one._asdict() for one in order.expected],
        "set_aside": list(order.set_aside),
        "lines_aside": [_line_members(line) for line in order.aside],
        "unread": list(unread_text(order.lines)),
        "watch": watches[0],
        "watches": watches,
        "deliveries": [
            _delivery(one) | _waits(one, blocked, story.at_ms)
            for one in story.deliveries
        ],
        "timeline": [_entry(one) for one in story.timeline],
    }


def _state(item: Item, now_ms: int) -> str:
    if is_ready(item, now_ms):
        return READY[item.state].format(span((now_ms - (item.due_ms or 0)) / 1000))
    state = STATES.get(item.state, item.state)
    return state.format("its moment" if item.due_ms is None else moment(item.due_ms))


def _endpoints(order: Order, known: Container[str]) -> str:
    if order.endpoints is None:
        return "all"
    marks = (
        "" if name in known else " (not in the settings)" for name in order.endpoints
    )
    return ", ".join(map(str.__add__, order.endpoints, marks)) or "none"


def _line_members(line: Line) -> dict[str, object]:
    """A line's members: its status is that of what is furthest along."""
    dated = [one.date for one in line.shipments if one.date]
    bills = list(dict(line.invoices))
    return {
        "number": line.number,
        "sub_order": line.sub_order,
        "status": line.status,
        "status_date": line.status_date,
        "quantity": line.ordered,
        "part": line.part,
        "vendor_part": line.vendor_part,
        "ship_date": dated[-1] if dated else "",
        "invoice": bills[-1] if bills else "",
        "reached": dict(line.reached),
        "now": dict(line.now),
        "shipments": [one._asdict() for one in line.shipments],
        "invoices": dict(line.invoices),
    }


def _watch(watch: Item) -> dict[str, object]:
    return {
        "state": watch.state or None,
        "tries": watch.attempts,
        "due": _iso(watch.due_ms),
        "looked": _iso(watch.looked_ms),
        "destination": watch.destination or None,
    }


def _delivery(one: Item) -> dict[str, object]:
    return {
        "id": one.ref,
        "kind": one.kind,
        "destination": one.destination,
        "state": one.state,
        "tries": one.attempts,
        "due": _iso(one.due_ms),
        "last_failure": one.code or None,
        "earlier_order": one.earlier,
    }


def _waits(item: Item, blocked: Blocked, now_ms: int) -> dict[str, object]:
    """How its last attempt failed, how long it has been due, what keeps it waiting."""
    late_ms = now_ms - (item.due_ms or 0) if is_ready(item, now_ms) else 0
    return {
        "failed": item.failed or None,
        "overdue_seconds": late_ms / 1000,
        "blockers": [
            {
                "code": one.code,
                "says": one.message,
                "until": _iso(one.until_ms),
                "item": one.item or None,
            }
            for one in blocked.get(item.ref, ())
        ],
    }


def _entry(entry: Entry) -> dict[str, object]:
    worded = words(entry.notes)
    # `line` was the sentence that the ledger had; programs read `notes`.
    shown = {"at": iso(entry.ms), "line": worded, "words": worded}
    return shown | {"notes": noted(entry.notes)}


def _iso(ms: int | None) -> str | None:
    return iso(ms) if ms else None
