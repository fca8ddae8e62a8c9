"""Codec of an order's record, packed into the ledger's bytes.

The packing is positional JSON, deflated, since a million watched orders share one
Redis.
"""

import json
from collections.abc import Sequence
from typing import Any

from serializers.errors import DecodeError
from serializers.formats.compression import deflate, inflate
from serializers.formats.instants import is_moment
from serializers.line_record import (
    Line,
    Portion,
    check_texts,
    old_lines,
    pack_line,
    unpack_line,
)
from serializers.order import DEFAULT, NEVER, Order, Stamp, order_name
from serializers.order_parcels import (
    NO_PARCELS,
    pack_parcels,
    unpack_parcels,
)
from serializers.order_quantities import (
    Expected,
    Return,
    pack_quantities,
    unpack_expected,
    unpack_returns,
)
from serializers.shipment import Shipment

__all__ = [
    "LAYOUT",
    "Expected",
    "LayoutError",
    "Line",
    "Order",
    "Portion",
    "Return",
    "Shipment",
    "Stamp",
    "mentions",
    "order_name",
    "pack",
    "spelled",
    "unpack",
]


#: The first element of every record; a change of the layout gets a new number and
#: a reader for the old one. Behind it stands the order's source.
LAYOUT = 4

#: The layout of an order without an account, a site or lines set aside, which the
#: release before can read.
PLAIN = 3

#: The layouts in which a line was one status, without and with the order's source.
ONE_STATUS, ONE_STATUS_WITH_SOURCE = 1, 2

#: What a deflated record begins with; one without it is plain JSON and begins with "[".
_DEFLATED = b"\x01"

#: What most records contain, the likeliest last. It stays the same in every layout: an
#: older release inflates what it cannot read, and leaves it to a newer one.
_WORDS = (
    b'],["",""],[0,0,0]]null,true,"C","W","acme",0,[["/40","40","/10","10","/20","20",'
    b'"/30","30","OPN","REJ","INV","SHI","2025-","2027-","2026-'
)
_JSON = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":")
)

#: Where the lines stand in every layout, counted from its source.
_LINES_AT = 13


class LayoutError(DecodeError):
    """A record of another release, which that release can read."""


def pack(order: Order) -> bytes:
    """Write the record."""
    stamps = (order.facts_at, order.placed_at, order.customer_at, order.cancelled_at)
    asked_ms = max((line.asked_ms for line in order.lines), default=0)
    is_plain = not (any(_places(order)) or order.aside)
    record = [
        PLAIN if is_plain else LAYOUT,
        order.source,
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
        # Two bits, whatever stands above them.
        int(order.baseline) + 2 * int(order.cancelled) + 4 * order.incarnation,
        [[stamp.time_ms, *stamp.entry] for stamp in stamps],
        [pack_line(line, asked_ms) for line in order.lines],
        asked_ms,
        order.notified_ms,
    ]
    record += _tail(order)
    return _DEFLATED + deflate(_JSON.encode(record).encode(), _WORDS)


def _tail(order: Order) -> list[object]:
    """What few orders have, up to the last of it that this one has."""
    tail: list[object] = [
        order.returns and pack_quantities(order.returns),
        pack_parcels(order.parcels),
        order.set_aside,
        order.expected and pack_quantities(order.expected),
        order.assigned,
        places if any(places := _places(order)) else 0,
        _pack_aside(order.aside),
    ]
    while tail and not tail[-1]:
        tail.pop()
    return tail


def _places(order: Order) -> list[str]:
    """Account and site as events have named them; "" where none has."""
    return [
        order.account or (DEFAULT if order.states_account else ""),
        order.site or (DEFAULT if order.states_site else ""),
    ]


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
        return _record(*json.loads(packed.decode()))
    except (IndexError, TypeError, ValueError, RecursionError) as error:
        if isinstance(error, DecodeError):
            raise
        raise DecodeError("order record: not one of ours") from error


def spelled(text: str) -> bytes:
    """How a record spells a text, for `mentions`."""
    return _JSON.encode(text)[1:-1].encode(errors="backslashreplace")


def mentions(packed: bytes, text: bytes) -> bool:
    """Whether a text stands in a record, alone or in another; it costs no reading.

    Raises:
        DecodeError: the bytes are no record.
    """
    if packed.startswith(_DEFLATED):
        packed = inflate(packed[len(_DEFLATED) :], _WORDS)
    return text in packed


def _record(layout: int, *values: Any) -> Order:
    if layout not in {ONE_STATUS, ONE_STATUS_WITH_SOURCE, PLAIN, LAYOUT}:
        what = f"order record of layout {layout}, this release reads 1 to {LAYOUT}"
        raise LayoutError(what)
    if layout in {PLAIN, LAYOUT}:
        return _order(*values)
    if layout == ONE_STATUS:
        values = ("", *values)
    head, rows, returns = values[:_LINES_AT], values[_LINES_AT], values[_LINES_AT + 1 :]
    values = (*head, (), 0, 0, *returns)
    return _order(*values)._replace(lines=old_lines(rows))


def _order(  # noqa: PLR0913, PLR0917 (one argument per packed position)
    source: str,
    number: str,
    purchase_order: str,
    customer_id: str,
    westcon_number: str,
    westcon_type: str,
    deck_number: str,
    endpoints: Sequence[str] | None,
    placed_ms: int,
    seen_ms: int,
    changed_ms: int,
    flags: int,
    stamps: Sequence[tuple[int, int, int]],
    lines: Sequence[Sequence[Any]],
    asked_ms: int,
    notified_ms: int,
    *tail: Any,
) -> Order:
    texts = (number, purchase_order, customer_id, westcon_number, westcon_type)
    check_texts(source, *texts, deck_number, *(endpoints or ()))
    facts_at, placed_at, customer_at, cancelled_at = [
        _stamp(t, (a, b)) for t, a, b in stamps
    ]
    asked_ms = _moment(asked_ms)
    order = Order(
        *texts,
        deck_number,
        None if endpoints is None else tuple(endpoints),
        placed_ms=_moment(placed_ms),
        seen_ms=_moment(seen_ms),
        changed_ms=_moment(changed_ms),
        baseline=bool(flags & 1),
        cancelled=bool(flags & 2),
        facts_at=facts_at,
        placed_at=placed_at,
        customer_at=customer_at,
        cancelled_at=cancelled_at,
        lines=tuple([unpack_line(line, asked_ms) for line in lines]),
        incarnation=max(0, flags >> 2),
        source=source,
        notified_ms=_moment(notified_ms),
    )
    return _with_tail(order, *tail) if tail else order


def _with_tail(  # noqa: PLR0913, PLR0917 (one argument per packed position)
    order: Order,
    returns: Sequence[Sequence[str]],
    parcels: Sequence[Any] = (),
    set_aside: Sequence[str] = (),
    expected: Sequence[Sequence[str]] = (),
    assigned: Sequence[str] = (),
    places: Sequence[str] = (),
    aside: Sequence[Any] = (),
) -> Order:
    account, site = places or ("", "")
    check_texts(account, site, *set_aside, *assigned)
    return order._replace(
        returns=unpack_returns(returns) if returns else (),
        parcels=unpack_parcels(parcels) if parcels else NO_PARCELS,
        set_aside=tuple(set_aside),
        expected=unpack_expected(expected) if expected else (),
        assigned=tuple(assigned),
        account="" if account == DEFAULT else account,
        site="" if site == DEFAULT else site,
        states_account=bool(account),
        states_site=bool(site),
        aside=_unpack_aside(*aside) if aside else (),
    )


def _pack_aside(lines: Sequence[Line]) -> list[object]:
    """Lines beside the snapshot, behind the newest of their moments."""
    asked_ms = max((line.asked_ms for line in lines), default=0)
    return [asked_ms, *(pack_line(line, asked_ms) for line in lines)] if lines else []


def _unpack_aside(asked_ms: int, *lines: Sequence[Any]) -> tuple[Line, ...]:
    asked_ms = _moment(asked_ms)
    return tuple(unpack_line(line, asked_ms) for line in lines)


def _stamp(time_ms: int, entry: tuple[int, int]) -> Stamp:
    return Stamp(_moment(time_ms), entry) if time_ms or any(entry) else NEVER


def _moment(ms: int) -> int:
    return ms if is_moment(ms) else 0
