"""Orders as the ERP's book has them: its columns, read and kept as JSON."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from serializers.formats.instants import midnight, milliseconds, plain_date
from serializers.formats.lenient_json import text_of
from serializers.formats.quantities import plain_quantity
from serializers.formats.text import unpadded
from serializers.reconcile.columns import columns

COLUMNS = columns(
    {
        "order": ("order_number", "number", "sales_order", "order_no"),
        "purchase_order": ("po", "po_number", "purchase_order_number", "customer_po"),
        "westcon_number": ("westcon_order_number", "westcon_order", "westcon"),
        "westcon_type": ("westcon_order_type",),
        "westcon_account": ("account",),
        "customer_id": ("customer", "customer_number"),
        "deck_number": ("deck_order_number", "deck_order"),
        "deck_site": ("site",),
        "source": ("erp_source",),
        "status": ("order_status", "state"),
        "placed_at": ("placed", "order_date", "created_at", "created", "time"),
        "lines": (),
        "line_number": ("line", "line_no", "position"),
        "quantity": ("qty", "line_quantity"),
        "line_status": (),
        "part_number": ("part", "sku", "vendor_part_number"),
    }
)

#: Statuses of an order, in lower case, of which nothing more is to come.
CANCELLED = frozenset({"cancelled", "canceled", "void", "voided", "deleted"})
FINISHED = frozenset(
    {"finished", "closed", "complete", "completed", "done", "invoiced"}
)


@dataclass(frozen=True, slots=True)
class ErpLine:
    """A line: its number without leading zeros, what was ordered of it, its status."""

    number: str
    quantity: str = ""
    status: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class ErpOrder:
    """An order of the ERP's book; what a book has no column for is "".

    Attributes:
        placed_ms: UTC ms at which it was placed, 0 where the book does not tell.
        westcon_type: what `westcon_number` is, "W" or "C".
        account: our account at Westcon.
        site: our site at DECK.
    """

    number: str
    purchase_order: str = ""
    westcon_number: str = ""
    westcon_type: str = "W"
    customer_id: str = ""
    deck_number: str = ""
    source: str = ""
    status: str = ""
    placed_ms: int = 0
    lines: tuple[ErpLine, ...] = ()
    account: str = ""
    site: str = ""

    @property
    def cancelled(self) -> bool:
        return self.status.lower() in CANCELLED

    @property
    def finished(self) -> bool:
        return self.status.lower() in FINISHED


def read_order(cells: Mapping[str, Any]) -> ErpOrder | None:
    """An order, or one line of it, from a row; None for a row without a number.

    Raises:
        DecodeError: two columns hold the same.
    """
    by_field = COLUMNS.read(cells)
    texts = {name: text_of(value).strip() for name, value in by_field.items()}
    number = texts.get("order", "")
    if not number:
        return None
    return ErpOrder(
        number=number,
        purchase_order=texts.get("purchase_order", ""),
        westcon_number=texts.get("westcon_number", ""),
        westcon_type="C" if texts.get("westcon_type", "").upper() == "C" else "W",
        customer_id=texts.get("customer_id", ""),
        deck_number=texts.get("deck_number", ""),
        source=texts.get("source", ""),
        status=texts.get("status", ""),
        placed_ms=moment(texts.get("placed_at", "")),
        lines=tuple(_lines(by_field.get("lines"), texts)),
        account=texts.get("westcon_account", ""),
        site=texts.get("deck_site", ""),
    )


def moment(text: str) -> int:
    """UTC ms of an RFC 3339 instant or of a day's begin, 0 for what is neither."""
    try:
        return milliseconds(text) or 0
    except ValueError:
        return midnight(plain_date(text))


def joined(first: ErpOrder, other: ErpOrder) -> ErpOrder:
    """Two rows of one order: the first one's facts, and the lines of both."""
    gaps = {
        name: value
        for name, value in _facts(other).items()
        if value and not _facts(first)[name]
    }
    return replace(first, lines=(*first.lines, *other.lines), **gaps)


def pack(order: ErpOrder) -> str:
    """Write it; equal orders give equal texts."""
    return json.dumps(asdict(order), sort_keys=True, separators=(",", ":"))


def unpack(packed: str) -> ErpOrder:
    """Read what `pack` has written."""
    kept = json.loads(packed)
    lines = tuple(ErpLine(**one) for one in kept.pop("lines"))
    return ErpOrder(**kept, lines=lines)


def _facts(order: ErpOrder) -> dict[str, Any]:
    facts = asdict(order)
    del facts["lines"], facts["number"], facts["westcon_type"]
    return facts


def _lines(given: Any, texts: Mapping[str, str]) -> Iterable[ErpLine]:
    if isinstance(given, list):
        for one in given:
            if isinstance(one, dict):
                named = {n: text_of(v).strip() for n, v in COLUMNS.read(one).items()}
                # Within a line its status is called so.
                named.setdefault("line_status", named.get("status", ""))
                named.setdefault("line_number", named.get("order", ""))
                yield from _line(named)
    yield from _line(texts)


def _line(texts: Mapping[str, str]) -> Iterable[ErpLine]:
    number = texts.get("line_number", "")
    if number:
        yield ErpLine(
            number=unpadded(number),
            quantity=plain_quantity(texts.get("quantity", "")),
            status=texts.get("line_status", "").upper(),
            part=texts.get("part_number", ""),
        )
