"""Corrections of an order's references, and what was seen under the old ones.

A line that was seen under a reference which turned out to be wrong is none of the
order's any more, but it is kept beside the snapshot: under whichever reference Westcon
reports it again, nobody is notified a second time of what it had reached.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

from serializers.formats.text import unpadded
from serializers.order import DEFAULT
from serializers.order_record import Line, Order
from serializers.timeline.codes import Code, Note, note

#: How many lines are kept beside the snapshot; those that were set aside first go.
MOST_ASIDE = 1_000

#: Order type of Westcon's own numbers.
_OWN = "W"


def with_correction(before: Order, after: Order) -> tuple[Order, tuple[Note, ...]]:
    """Set aside what was seen under a reference that an event has replaced.

    Args:
        before: the order as it was.
        after: the order with the event's references.

    Returns:
        The order without those lines, and what the timeline reports of the correction.
    """
    notes = tuple(_changes(before, after))
    if before.westcon_question in {None, after.westcon_question}:
        return after, notes
    own = {line.key for line in after.lines if _stays(line, before, after)}
    left = tuple(line for line in after.lines if line.key not in own)
    if left:
        notes = (*notes, note(Code.SEEN_ASIDE, str(len(left))))
    parcels = after.parcels
    return after._replace(
        lines=tuple(line for line in after.lines if line.key in own),
        aside=(*after.aside, *left)[-MOST_ASIDE:],
        # What has no line of the order's waits for nothing; its serial numbers stay
        # known.
        parcels=replace(
            parcels,
            waits=tuple(one for one in parcels.waits if one.key in own),
            open=tuple(key for key in parcels.open if key in own),
        ),
        # Whose Westcon's orders are was decided of another purchase order.
        set_aside=(),
        assigned=(),
    ), notes


def recalled(order: Order, keys: Collection[str]) -> Order:
    """The order with those of the lines set aside that are reported again.

    Args:
        order: the order.
        keys: of the lines that are reported.
    """
    if not order.aside:
        return order
    known = {line.key for line in order.lines}
    again = {one.key for one in order.aside if one.key in keys} - known
    if not again:
        return order
    return order._replace(
        lines=(*order.lines, *(one for one in order.aside if one.key in again)),
        aside=tuple(one for one in order.aside if one.key not in again),
    )


def _stays(line: Line, before: Order, after: Order) -> bool:
    """Whether a line is the order's under its new reference too, as far as is known.

    The ERP's own lines are; Westcon's are where the new reference is its number.
    """
    if not line.sub_order:
        return True
    kind, number = after.westcon_reference or ("", "")
    if kind != _OWN or before.account != after.account:
        return False
    return line.sub_order.upper() == unpadded(number).upper()


def _changes(before: Order, after: Order) -> Iterator[Note]:
    """What was known and is another now; what was not known is no correction."""
    if before.westcon_reference is not None:
        yield from _change("account", *map(_account, (before, after)))
        yield from _change("order at Westcon", *map(_number, (before, after)))
    if before.purchase_order:
        yield from _change(
            "purchase order", before.purchase_order, after.purchase_order
        )
    if before.customer_id:
        yield from _change("site", before.site or DEFAULT, after.site or DEFAULT)
    if before.endpoints is not None:
        yield from _change("endpoints", *map(_endpoints, (before, after)))


def _change(what: str, before: str, after: str) -> Iterator[Note]:
    if before and before != after:
        yield note(Code.CORRECTED, what, before, after)


def _account(order: Order) -> str:
    return order.account or DEFAULT


def _number(order: Order) -> str:
    if not order.westcon_number:
        return ""
    return f"{order.westcon_type} {order.westcon_number}"


def _endpoints(order: Order) -> str:
    return ", ".join(order.endpoints or ()) or "none"
