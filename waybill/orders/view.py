"""Views of a listed order: a table's row, a JSON document."""

from waybill.console import iso, span
from workers.ledger.views.order_items import DEAD
from workers.ledger.views.order_rows import OrderRow, moved_ms

COLUMNS = ("order", "purchase order", "lines", "moved", "state")

#: Statuses that a row shows.
STAGES = 3


def cells(row: OrderRow, now_ms: int) -> tuple[str, ...]:
    """A table's row, in the order of `COLUMNS`."""
    stages = [*row.stages[:STAGES], *(["…"] if len(row.stages) > STAGES else [])]
    moved = moved_ms(row.order)
    ago = f"{_about(now_ms - moved)} ago" if moved else ""
    names = (row.name, row.order.purchase_order)
    return (*names, " ".join(stages), ago, state_text(row, now_ms))


def document(row: OrderRow) -> dict[str, object]:
    """An order for a program; its members are only ever added to."""
    order = row.order
    moved = moved_ms(order)
    return {
        "order": row.name,
        "purchase_order": order.purchase_order or None,
        "customer_id": order.customer_id or None,
        "westcon_order": order.westcon_number or None,
        "state": row.state,
        "cancelled": order.cancelled,
        "stages": list(row.stages),
        "destinations": list(row.destinations),
        "placed": iso(order.placed_ms) if order.placed_ms else None,
        "moved": iso(moved) if moved else None,
        "failing_since": iso(row.failing_ms) if row.failing_ms else None,
        "last_failure": row.code or None,
    }


def _about(ms: int) -> str:
    """How long, in the largest unit alone."""
    return " ".join(span(max(0, ms) / 1000).split()[:2])


def state_text(row: OrderRow, now_ms: int) -> str:
    """Whether it goes on, and how it fails where that is known."""
    if row.failing_ms:
        since = _about(now_ms - row.failing_ms)
        return f"{row.state}, failing for {since}: {row.code}"
    if row.code == DEAD:
        return f"{row.state}, its watch is a dead letter"
    return row.state + ", cancelled" * row.order.cancelled
