"""An order's story as lines for a person, and as a document for a program."""

from collections.abc import Iterator
from dataclasses import fields

from serializers.order import Line, Order
from workers.cli.timeline_words import words
from workers.cli.times import iso, moment
from workers.ledger.timeline import OrderStory, WaitingDelivery, WatchState

#: What the state of a watch or a delivery means; `{}` is its moment.
STATES = {
    "due": "waits until {}",
    "leased": "is handed to a worker until {}",
    "sending": "is being worked on; its lease ends {}",
    "lane": "waits behind another one to the same destination",
    "dead": "is a dead letter; see waybill dead-letters list",
    "ended": "has ended",
    "": "is not watched",
}

#: What is told of a line; its key is the ledger's own business.
LINE_FIELDS = tuple(field.name for field in fields(Line) if field.name != "key")


def references(order: Order) -> Iterator[tuple[str, str]]:
    """What partners call the order, as (whose, reference); nothing that is empty."""
    reference = order.westcon_reference
    known = (
        ("purchase order", order.purchase_order),
        ("customer at DECK", order.customer_id),
        ("order at DECK", order.deck_number),
        ("asked of Westcon as", " ".join(reference) if reference else ""),
        ("endpoints", _endpoints(order)),
        ("placed", moment(order.placed_ms) if order.placed_ms else ""),
        ("state", "cancelled" if order.cancelled else ""),
    )
    yield from ((name, value) for name, value in known if value)


def watch_words(watch: WatchState) -> str:
    """Where the watch stands and when the next look is."""
    if watch.state == "due" and watch.due_ms is not None:
        says = f"next look {moment(watch.due_ms)}"
    else:
        says = _state(watch.state, watch.due_ms)
    if watch.looked_ms:
        says += f"; last look {moment(watch.looked_ms)}"
    if watch.tries:
        says += f"; tries since the last look that worked: {watch.tries}"
    return says


def delivery_words(delivery: WaitingDelivery) -> str:
    """Where a delivery stands."""
    says = _state(delivery.state, delivery.due_ms)
    tries = f", tries: {delivery.tries}" if delivery.tries else ""
    return f"{delivery.kind} to {delivery.destination} {says}{tries}"


def line_row(line: Line) -> tuple[str, ...]:
    """A line of the snapshot as a table's row."""
    part = " ".join(filter(None, (line.part, line.vendor_part)))
    fields = (line.quantity, part, line.ship_date, line.invoice)
    return (line.number, line.sub_order, line.status, line.status_date, *fields)


def document(story: OrderStory) -> dict[str, object]:
    """The JSON object of `--json`."""
    order, reference = story.order, story.order.westcon_reference
    return {
        "order": order.number,
        "known": True,
        "version": story.version,
        "purchase_order": order.purchase_order or None,
        "customer_id": order.customer_id or None,
        "deck_order": order.deck_number or None,
        "westcon": reference and {"order_type": reference[0], "order": reference[1]},
        "endpoints": None if order.endpoints is None else list(order.endpoints),
        "placed": _iso(order.placed_ms),
        "changed": _iso(order.changed_ms),
        "baseline": order.baseline,
        "cancelled": order.cancelled,
        "lines": [_line(line) for line in order.lines],
        "watch": _watch(story.watch),
        "deliveries": [_delivery(one) for one in story.deliveries],
        "timeline": [
            {"at": iso(one.ms), "line": one.line, "words": words(one.line)}
            for one in story.timeline
        ],
    }


def _state(state: str, ms: int | None) -> str:
    says = STATES.get(state, state)
    return says.format("its moment" if ms is None else moment(ms))


def _endpoints(order: Order) -> str:
    if order.endpoints is None:
        return "all"
    return ", ".join(order.endpoints) or "none"


def _line(line: Line) -> dict[str, str]:
    return {name: getattr(line, name) for name in LINE_FIELDS}


def _watch(watch: WatchState) -> dict[str, object]:
    return {
        "state": watch.state or None,
        "tries": watch.tries,
        "due": _iso(watch.due_ms),
        "looked": _iso(watch.looked_ms),
    }


def _delivery(one: WaitingDelivery) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.kind,
        "destination": one.destination,
        "state": one.state,
        "tries": one.tries,
        "due": _iso(one.due_ms),
    }


def _iso(ms: int | None) -> str | None:
    return iso(ms) if ms else None
