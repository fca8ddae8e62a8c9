"""The record of one order: what is known of it, packed into the ledger's bytes.

The packing is positional JSON, deflated, since a million watched orders share one
Redis.
"""

import json
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, field, fields, replace

from serializers.errors import DecodeError
from serializers.formats.compression import deflate, inflate
from serializers.formats.instants import is_moment


def order_name(number: str, source: str = "") -> str:
    """One text for each pair, `SO-1@/erp/a`; the number as it is without a source.

    In a name with a source the number's own `@` is written `%40`, and `%` as `%25`, so
    that the first `@` ends the number whatever either holds.
    """
    if not source:
        return number
    return f"{number.replace('%', '%25').replace('@', '%40')}@{source}"


#: The first element of every record; a change of the layout gets a new number and
#: a reader for the old one.
LAYOUT = 1

#: The layout of an order whose source is a part of its name: the source stands before
#: the number. A release that knows no such names leaves it alone.
WITH_SOURCE = 2

#: What a deflated record begins with; one without it is plain JSON and begins with "[".
_DEFLATED = b"\x01"

#: What most records contain, the likeliest last. It is part of the layout.
_WORDS = (
    b'],["",""],[0,0,0]]null,true,"C","W","acme",0,[["/40","40","/10","10","/20","20",'
    b'"/30","30","OPN","REJ","INV","SHI","2025-","2027-","2026-'
)


class LayoutError(DecodeError):
    """A record of another release, which that release can read."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order as last seen at Westcon.

    Attributes:
        key: what tells the line apart: Westcon's order and line number, both
            without leading zeros, and the part of a split quantity.
        number: the line number that the receivers are told.
        sub_order: Westcon's order number, without leading zeros.
        status: Westcon's code, upper case.
        status_date: "YYYY-MM-DD" or "".
        quantity: plain decimal text, "" if unknown.
        part, vendor_part: Westcon's product number, the ERP's part number.
        ship_date: "YYYY-MM-DD" or "".
        invoice: the billing document, or "".
        unread: what Westcon's newest answer holds of the line that cannot be read,
            as "shipDate 25 Sept; lineQuantity two", or "".
    """

    key: str
    number: str
    sub_order: str
    status: str
    status_date: str = ""
    quantity: str = ""
    part: str = ""
    vendor_part: str = ""
    ship_date: str = ""
    invoice: str = ""
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Return:
    """How much of a line has come back in all, as the ERP reports it.

    The line number has no leading zeros, the quantity is a plain decimal.
    """

    line_number: str
    quantity: str


@dataclass(frozen=True, slots=True, order=True)
class Stamp:
    """Which of two events is newer: the later time, then the later entry.

    A `time_ms` of 0 is no time, and older than any.
    """

    time_ms: int = 0
    entry: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Order:
    """One ERP order: the partners' references and the last snapshot of its lines.

    Attributes:
        number: the ERP's order number.
        endpoints: names of the Ingram endpoints to tell, None for all.
        placed_ms: UTC ms of `order.placed`, 0 for none.
        seen_ms: UTC ms at which we first heard of the order.
        changed_ms: UTC ms of the last change of the snapshot, or the start of the
            watch.
        baseline: whether the next snapshot is kept without notifying.
        cancelled: whether the newest word is that the order is cancelled.
        facts_at, placed_at, customer_at, cancelled_at: the newest event about each.
        lines: the snapshot.
        incarnation: which order of its number it is, fixed when it is first made;
            0 where a release without incarnations has made it.
        source: whose order of that number it is, "" where the number alone names it.
        returns: what has come back, one for each line number.
    """

    number: str
    purchase_order: str = ""
    customer_id: str = ""
    westcon_number: str = ""
    westcon_type: str = "W"
    deck_number: str = ""
    endpoints: tuple[str, ...] | None = None
    placed_ms: int = 0
    seen_ms: int = 0
    changed_ms: int = 0
    baseline: bool = False
    cancelled: bool = False
    facts_at: Stamp = field(default_factory=Stamp)
    placed_at: Stamp = field(default_factory=Stamp)
    customer_at: Stamp = field(default_factory=Stamp)
    cancelled_at: Stamp = field(default_factory=Stamp)
    lines: tuple[Line, ...] = ()
    incarnation: int = 0
    source: str = ""
    returns: tuple[Return, ...] = ()

    @property
    def name(self) -> str:
        """What the ledger calls it; partners know its number alone."""
        return order_name(self.number, self.source)

    @property
    def westcon_reference(self) -> tuple[str, str] | None:
        """Order type and number to ask Westcon for, or None when there is none."""
        if self.westcon_number:
            return self.westcon_type, self.westcon_number
        if self.purchase_order:
            return "C", self.purchase_order
        return None


_LINE_FIELDS = tuple(f.name for f in fields(Line))
#: How many of them have no default: the first four.
_NEEDED = sum(f.default is MISSING for f in fields(Line))


def pack(order: Order) -> bytes:
    """Write the record."""
    stamps = (order.facts_at, order.placed_at, order.customer_at, order.cancelled_at)
    head = [WITH_SOURCE, order.source] if order.source else [LAYOUT]
    record = [
        *head,
        order.number,
        order.purchase_order,
        order.customer_id,
        order.westcon_number,
        order.westcon_type,
        order.deck_number,
        order.endpoints,
        order.placed_ms,
        order.seen_ms,
        order.changed_ms,
        # The release before reads these two bits, whatever stands above them.
        int(order.baseline) + 2 * int(order.cancelled) + 4 * order.incarnation,
        [[stamp.time_ms, *stamp.entry] for stamp in stamps],
        [_pack_line(line) for line in order.lines],
    ]
    # Last, and only where there are any: an older release reads all other orders.
    if order.returns:
        record.append([[one.line_number, one.quantity] for one in order.returns])
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return _DEFLATED + deflate(text.encode(), _WORDS)


def _pack_line(line: Line) -> list[str]:
    values = [getattr(line, name) for name in _LINE_FIELDS]
    while len(values) > _NEEDED and not values[-1]:
        values.pop()
    return values


def unpack(packed: bytes) -> Order:
    """Read a record, deflated or plain.

    Moments that cannot be some, which an older release has admitted, are read as none,
    so that any event with a time is newer and heals the order.

    Raises:
        LayoutError: the bytes are of another layout, so of another release.
        DecodeError: they are no record.
    """
    if packed.startswith(_DEFLATED):
        packed = inflate(packed[len(_DEFLATED) :], _WORDS)
    try:
        layout, *rest = json.loads(packed)
        if layout == WITH_SOURCE:
            source, *rest = rest
            _check_texts(source)
            return replace(_order(*rest), source=source)
        if layout != LAYOUT:
            what = f"order record of layout {layout}, this release reads 1 and 2"
            raise LayoutError(what)
        return _order(*rest)
    except (TypeError, ValueError, RecursionError) as error:
        if isinstance(error, DecodeError):
            raise
        raise DecodeError("order record: not one of ours") from error


def _order(  # noqa: PLR0913, PLR0917 (one argument per packed position)
    number: str,
    purchase_order: str,
    customer_id: str,
    westcon_number: str,
    westcon_type: str,
    deck_number: str,
    endpoints: list[str] | None,
    placed_ms: int,
    seen_ms: int,
    changed_ms: int,
    flags: int,
    stamps: list[tuple[int, int, int]],
    lines: list[list[str]],
    returns: Sequence[tuple[str, str]] = (),
) -> Order:
    facts_at, placed_at, customer_at, cancelled_at = (
        _stamp(t, (a, b)) for t, a, b in stamps
    )
    _check_texts(number, purchase_order, customer_id, westcon_number, westcon_type)
    _check_texts(deck_number, *(endpoints or ()))
    return Order(
        number=number,
        purchase_order=purchase_order,
        customer_id=customer_id,
        westcon_number=westcon_number,
        westcon_type=westcon_type,
        deck_number=deck_number,
        endpoints=None if endpoints is None else tuple(endpoints),
        placed_ms=_moment(placed_ms),
        seen_ms=_moment(seen_ms),
        changed_ms=_moment(changed_ms),
        baseline=bool(flags & 1),
        cancelled=bool(flags & 2),
        facts_at=facts_at,
        placed_at=placed_at,
        customer_at=customer_at,
        cancelled_at=cancelled_at,
        lines=tuple(_line_of_fields(*line) for line in lines),
        incarnation=max(0, flags >> 2),
        returns=tuple(_return(*one) for one in returns),
    )


def _return(line_number: str, quantity: str) -> Return:
    _check_texts(line_number, quantity)
    return Return(line_number, quantity)


def _stamp(time_ms: int, entry: tuple[int, int]) -> Stamp:
    return Stamp(_moment(time_ms), entry)


def _moment(ms: int) -> int:
    return ms if is_moment(ms) else 0


def _check_texts(*texts: object) -> None:
    # What is no text would be met by whoever compares or prints it, one by one.
    if not all(type(text) is str for text in texts):
        raise DecodeError("order record: not one of ours")


def _line_of_fields(
    key: str, number: str = "", sub_order: str = "", *rest: str
) -> Line:
    """A line; an older release left out what was empty, even the status."""
    _check_texts(key, number, sub_order, *rest)
    status, *facts = rest or ("",)
    return Line(key, number, sub_order, status, *facts)
