"""Five events of one order, each with its time: what a year brings to an order."""

import json
from collections.abc import Mapping

SOURCE = "/erp/tests"

#: The statuses in which the order's line is notified, in the order of their times.
RANKS = ("IM::backordered", "IM::shipped", "IM::invoiced")


def five(number: str) -> tuple[bytes, ...]:
    """Placed, back-ordered, linked to another customer, shipped, invoiced."""
    return (
        _event(
            number,
            1,
            "order.placed",
            {
                "purchase_order": f"PO-{number}",
                "westcon": {"order_number": number, "order_type": "W"},
                "customer_id": "CUST-OLD",
            },
        ),
        _event(number, 2, "order.status_changed", {"lines": [_line("BOR")]}),
        _event(number, 3, "order.customer_linked", {"customer_id": "CUST-NEW"}),
        _event(number, 4, "order.status_changed", {"lines": [_line("SHI")]}),
        _event(number, 5, "order.status_changed", {"lines": [_line("INV")]}),
    )


def _event(number: str, day: int, kind: str, data: Mapping[str, object]) -> bytes:
    fields = {
        "specversion": "1.0",
        "id": f"{number}:{day}",
        "source": SOURCE,
        "type": kind,
        "time": f"2026-01-0{day}T03:04:05Z",
        "subject": number,
        "data": {"order_number": number, **data},
    }
    return json.dumps(fields).encode()


def _line(status: str) -> dict[str, str]:
    return {"line_number": "10", "status": status, "quantity": "1"}
