"""Notifications as a receiver's book has them: ids, and what each was about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from serializers.formats.lenient_json import text_of
from serializers.reconcile.columns import columns
from serializers.reconcile.erp_book import moment

#: The column of a file whose lines are ids and nothing else.
ALONE = "event_id"

COLUMNS = columns(
    {
        ALONE: ("id", "event", "webhook_id"),
        "order": ("order_number",),
        "event_type": ("type",),
        "line": ("line_number",),
        "status": ("line_status",),
        "quantity": ("qty", "shipped_quantity"),
        "at": ("received_at", "time", "created_at"),
    }
)

#: What a notification was about, in the order in which it is compared.
_ABOUT = ("event_type", "line", "status", "quantity")


@dataclass(frozen=True, slots=True)
class Received:
    """One notification, or one line of it.

    Attributes:
        order: the ERP's number, "" where the book has no such column.
        about: event type, line, status and quantity, "" where nothing of that is known.
        at_ms: UTC ms, 0 where the book does not tell.
    """

    event_id: str
    order: str = ""
    about: str = ""
    at_ms: int = 0


def read_received(cells: Mapping[str, Any]) -> Received | None:
    """A notification from a row, None for a row without an id.

    Raises:
        DecodeError: two columns hold the same.
    """
    texts = {name: text_of(one).strip() for name, one in COLUMNS.read(cells).items()}
    if not texts.get(ALONE):
        return None
    about = [texts.get(name, "") for name in _ABOUT]
    return Received(
        event_id=texts[ALONE],
        order=texts.get("order", ""),
        about="|".join(about) if about[0] and any(about[1:]) else "",
        at_ms=moment(texts.get("at", "")),
    )
