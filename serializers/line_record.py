"""Record of an order's line in the ledger: its quantity by status, and its facts.

In the packed record a line is a list of its fields in the order of `_POSITIONS`, cut
off behind the last one that holds something.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from serializers.errors import DecodeError
from serializers.formats.quantities import added
from serializers.line_key import older_key
from serializers.shipment import Shipment


class Portion(NamedTuple):
    """A part of a line's quantity, under a status code or an invoice number.

    The quantity is a plain decimal, "" where it is not known: then it is all that is
    not known to be elsewhere.
    """

    code: str
    quantity: str


class Line(NamedTuple):
    """One line of an order: how its quantity is distributed over statuses.

    Attributes:
        key: what distinguishes the line: Westcon's order and line number, both
            without leading zeros.
        number: the line number that the receivers are notified of.
        sub_order: Westcon's order number, without leading zeros.
        ordered: the sum of the line's rows in the newest answer, "" if unknown.
        reached: how much has reached each stage from shipped on, the least advanced
            stage first. What has reached one has reached those before it. It only
            grows.
        now: how much the newest answer has in each other status: scheduled,
            back-ordered, on hold, rejected; the least advanced first.
        shipments: by date; what has a date, or another fact than its quantity.
        invoices: billing documents, and what is on each.
        part, vendor_part: Westcon's product number, the ERP's part number.
        status_date: the latest of the rows, "YYYY-MM-DD" or "".
        asked_ms: UTC ms by Redis' clock of the question that `now` answers, or of the
            event; 0 in a record of an older release.
        changes: how often `ordered` or `now` have changed, or a fact that was known
            was taken back.
        notified: whether receivers were ever notified of it, as far as the record goes.
        shrunk_ms: `asked_ms` of the answer by which the line looks finished only
            because less of it is ordered; 0 once another answer agrees.
        unread: what Westcon's newest answer holds of the line that cannot be read,
            as "shipDate 25 Sept; lineQuantity two", or "".
    """

    key: str
    number: str
    sub_order: str
    ordered: str = ""
    reached: tuple[Portion, ...] = ()
    now: tuple[Portion, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    invoices: tuple[Portion, ...] = ()
    part: str = ""
    vendor_part: str = ""
    status_date: str = ""
    asked_ms: int = 0
    changes: int = 0
    notified: bool = False
    shrunk_ms: int = 0
    unread: str = ""

    @property
    def status(self) -> str:
        """The code of what is furthest along; what is rejected counts last."""
        portions = self.reached or self.now
        return portions[-1].code if portions else ""

    @property
    def distribution(self) -> str:
        """Its statuses, each with its quantity where there are several: `SHI 2 BOR 3`.

        What has reached a later stage is not named again under the earlier ones.
        """
        portions = (*self.reached[-1:], *self.now)
        if len(portions) == 1:
            return portions[0].code
        return " ".join(" ".join(filter(None, one)) for one in portions)


def pack_line(line: Line, asked_ms: int) -> list[object]:
    """Write a line; `asked_ms` is the newest of the order, which most lines share."""
    plain = line.key == f"{line.sub_order}/{line.number}"
    values: list[object] = [
        line.number,
        line.sub_order,
        line.ordered,
        line.now and _flat(line.now),
        line.part,
        line.status_date,
        line.vendor_part,
        line.reached and _flat(line.reached),
        line.shipments and [_pack_shipment(one) for one in line.shipments],
        line.invoices and _flat(line.invoices),
        2 * line.changes + line.notified,
        asked_ms - line.asked_ms,
        "" if plain else line.key,
        line.shrunk_ms,
        line.unread,
    ]
    while values and not values[-1]:
        values.pop()
    return values


def facts_text(line: Line) -> str:
    """What is known of a line's shipments and invoices; equal facts, equal text."""
    facts = [[_pack_shipment(one) for one in line.shipments], _flat(line.invoices)]
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def unpack_line(values: Sequence[Any], asked_ms: int) -> Line:
    """Read what `pack_line` has written.

    Raises:
        DecodeError, TypeError, ValueError: it is none.
    """
    return _line(asked_ms, *values)


def _line(  # noqa: PLR0913, PLR0917 (one argument per packed position)
    asked_ms: int,
    number: str = "",
    sub_order: str = "",
    ordered: str = "",
    now: Sequence[str] = (),
    part: str = "",
    status_date: str = "",
    vendor_part: str = "",
    reached: Sequence[str] = (),
    shipments: Sequence[Sequence[Any]] = (),
    invoices: Sequence[str] = (),
    changes: int = 0,
    lag_ms: int = 0,
    key: str = "",
    shrunk_ms: int = 0,
    unread: str = "",
) -> Line:
    texts = (number, sub_order, ordered, part, status_date, vendor_part, key, unread)
    # Like `check_texts`, in a third of its time.
    "".join((*texts, *now, *reached, *invoices))
    return Line(
        key or f"{sub_order}/{number}",
        number,
        sub_order,
        ordered,
        _portions(reached) if reached else (),
        _portions(now) if now else (),
        tuple([_unpack_shipment(*one) for one in shipments]) if shipments else (),
        _portions(invoices) if invoices else (),
        part,
        vendor_part,
        status_date,
        asked_ms=asked_ms - lag_ms,
        changes=int(changes) >> 1,
        notified=bool(changes & 1),
        shrunk_ms=int(shrunk_ms),
        unread=unread,
    )


def _flat(portions: Sequence[Portion]) -> list[str]:
    return [text for portion in portions for text in portion]


def _portions(flat: Sequence[str]) -> tuple[Portion, ...]:
    if len(flat) == 2:  # noqa: PLR2004 (a code and its quantity, as most lines have)
        return (Portion._make(flat),)
    return tuple(map(Portion._make, zip(flat[::2], flat[1::2], strict=True)))


def _pack_shipment(one: Shipment) -> list[object]:
    if not any(one[2:]):
        return [*one[: 2 if one.quantity else 1]] if any(one) else []
    values: list[object] = [
        one.date,
        one.quantity,
        list(one.tracking_numbers),
        one.carrier,
        list(one.serial_numbers),
        one.carrier_code,
        one.warehouse,
        list(one.mac_addresses),
    ]
    while values and not values[-1]:
        values.pop()
    return values


def _unpack_shipment(  # noqa: PLR0913, PLR0917 (one argument per packed position)
    date: str = "",
    quantity: str = "",
    tracking: Sequence[str] = (),
    carrier: str = "",
    serials: Sequence[str] = (),
    carrier_code: str = "",
    warehouse: str = "",
    macs: Sequence[str] = (),
) -> Shipment:
    texts = (date, quantity, carrier, carrier_code, warehouse)
    check_texts(*texts, *tracking, *serials, *macs)
    return Shipment(*texts, tuple(tracking), tuple(serials), tuple(macs))


_TEXT = frozenset({str})


def check_texts(*texts: object) -> None:
    """Refuse what is no text: whoever compares or prints it would meet it.

    Raises:
        DecodeError: one of them is none.
    """
    if not _TEXT.issuperset(map(type, texts)):
        raise DecodeError("order record: not one of ours")


def old_lines(rows: Iterable[Sequence[str]]) -> tuple[Line, ...]:
    """Read the lines of the layouts before, one list for each part of a split line.

    All quantity stands in `now`, under the code that each part had: which of them is a
    stage is for the table of statuses, which this record does not have.

    Raises:
        DecodeError, TypeError, ValueError: they are none.
    """
    lines: dict[str, Line] = {}
    for row in rows:
        check_texts(*row)
        line = _old_line(*row)
        before = lines.get(line.key)
        lines[line.key] = line if before is None else _joined(before, line)
    return tuple(lines.values())


def _old_line(  # noqa: PLR0913, PLR0917 (one argument per packed position)
    key: str,
    number: str = "",
    sub_order: str = "",
    status: str = "",
    status_date: str = "",
    quantity: str = "",
    part: str = "",
    vendor_part: str = "",
    ship_date: str = "",
    invoice: str = "",
    unread: str = "",
) -> Line:
    return Line(
        key=older_key(key, sub_order),
        number=number,
        sub_order=sub_order,
        ordered=quantity,
        now=(Portion(status, quantity),),
        shipments=(Shipment(ship_date, quantity),) if ship_date else (),
        invoices=(Portion(invoice, quantity),) if invoice else (),
        part=part,
        vendor_part=vendor_part,
        status_date=status_date,
        unread=unread,
    )


def _joined(one: Line, other: Line) -> Line:
    dated = [Portion(s.date, s.quantity) for s in (*one.shipments, *other.shipments)]
    return Line(
        key=one.key,
        number=one.number,
        sub_order=one.sub_order,
        ordered=added((one.ordered, other.ordered)),
        now=_summed((*one.now, *other.now)),
        shipments=tuple(Shipment(*portion) for portion in sorted(_summed(dated))),
        invoices=_summed((*one.invoices, *other.invoices)),
        part=one.part or other.part,
        vendor_part=one.vendor_part or other.vendor_part,
        status_date=max(one.status_date, other.status_date),
        unread=one.unread or other.unread,
    )


def _summed(portions: Iterable[Portion]) -> tuple[Portion, ...]:
    """The portions with one for each code."""
    quantities: dict[str, list[str]] = {}
    for code, quantity in portions:
        quantities.setdefault(code, []).append(quantity)
    return tuple(Portion(code, added(some)) for code, some in quantities.items())
