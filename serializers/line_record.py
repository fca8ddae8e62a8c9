"""Record of an order's line in the ledger: its quantity by status, and its facts.

In the packed record a line is a list of its fields in the order of `_POSITIONS`, cut
off behind the last one that holds something.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Line:
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
        changes: how often `ordered` or `now` have changed.
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
        _flat(line.now),
        line.part,
        line.status_date,
        line.vendor_part,
        _flat(line.reached),
        [_pack_shipment(one) for one in line.shipments],
        _flat(line.invoices),
        2 * line.changes + line.notified,
        asked_ms - line.asked_ms,
        "" if plain else line.key,
        line.shrunk_ms,
        line.unread,
    ]
    while values and values[-1] in ("", 0, []):
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
    _check_texts(*texts, *now, *reached, *invoices)
    return Line(
        key=key or f"{sub_order}/{number}",
        number=number,
        sub_order=sub_order,
        ordered=ordered,
        reached=_portions(reached) if reached else (),
        now=_portions(now) if now else (),
        shipments=tuple([_unpack_shipment(*one) for one in shipments]),
        invoices=_portions(invoices) if invoices else (),
        part=part,
        vendor_part=vendor_part,
        status_date=status_date,
        asked_ms=asked_ms - lag_ms,
        changes=int(changes) >> 1,
        notified=bool(changes & 1),
        shrunk_ms=int(shrunk_ms),
        unread=unread,
    )


def _flat(portions: Sequence[Portion]) -> list[str]:
    return [text for portion in portions for text in portion]


def _portions(flat: Sequence[str]) -> tuple[Portion, ...]:
    return tuple(map(Portion._make, zip(flat[::2], flat[1::2], strict=True)))


def _pack_shipment(one: Shipment) -> list[object]:
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
    while values and values[-1] in ("", []):
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
    _check_texts(date, quantity, carrier, carrier_code, warehouse)
    _check_texts(*tracking, *serials, *macs)
    return Shipment(
        date=date,
        quantity=quantity,
        carrier=carrier,
        carrier_code=carrier_code,
        warehouse=warehouse,
        tracking_numbers=tuple(tracking),
        serial_numbers=tuple(serials),
        mac_addresses=tuple(macs),
    )


def _check_texts(*texts: object) -> None:
    # What is no text would be met by whoever compares or prints it, one by one.
    if set(map(type, texts)) - {str}:
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
        _check_texts(*row)
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
