"""Codec of an order's parcels and serial numbers, as its record keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from serializers.errors import DecodeError


class Loose(NamedTuple):
    """A serial number that stands at no line, and its MAC address; one may be ""."""

    number: str
    mac_address: str = ""


class Wait(NamedTuple):
    """A line of which shipped quantity waits for its tracking numbers.

    Attributes:
        key: of the line; "" for any that waits, where a release before wrote it.
        since_ms: UTC ms at which its wait began.
        shipped: how much of it had been shipped then, as a growth states it; "" where
            that is not known.
    """

    key: str
    since_ms: int
    shipped: str = ""


@dataclass(frozen=True, slots=True)
class OrderParcels:
    """The state of asking for an order's parcels.

    Attributes:
        waits: the lines that wait, each since when.
        open: keys of the lines that have reached shipped, and for which no answer has
            brought a parcel yet, or not of all that has been shipped.
        serials: what is known of the order and stands at no line.
    """

    waits: tuple[Wait, ...] = ()
    open: tuple[str, ...] = ()
    serials: tuple[Loose, ...] = ()

    @property
    def waits_ms(self) -> int:
        """UTC ms since when the line waits that has waited longest; 0 for none."""
        return min((one.since_ms for one in self.waits), default=0)


#: Of an order of which no parcel was ever asked for.
NO_PARCELS = OrderParcels()


def pack_parcels(parcels: OrderParcels) -> list[object]:
    """Write it, cut off behind the last element that states something."""
    if parcels == NO_PARCELS:
        return []
    values: list[object] = [
        [list(one) for one in parcels.waits] or 0,
        list(parcels.open),
        [text for one in parcels.serials for text in one],
    ]
    while values and not values[-1]:
        values.pop()
    return values


def unpack_parcels(values: Sequence[Any] = ()) -> OrderParcels:
    """Read what `pack_parcels` has written; nothing is of an order without any.

    Raises:
        DecodeError, TypeError, ValueError: it is none.
    """
    return _parcels(*values)


def _parcels(
    waits: int | Sequence[Sequence[Any]] = 0,
    keys: Sequence[str] = (),
    flat: Sequence[str] = (),
) -> OrderParcels:
    if isinstance(waits, int):
        # A release before kept one moment, of whatever waited.
        waits = [("", waits, "")] if waits else ()
    known = tuple(Wait(key, int(ms), shipped) for key, ms, shipped in waits)
    texts = (text for one in known for text in (one.key, one.shipped))
    if not all(type(text) is str for text in (*keys, *flat, *texts)):
        raise DecodeError("order record: not one of ours")
    pairs = zip(flat[::2], flat[1::2], strict=True)
    return OrderParcels(known, tuple(keys), tuple(Loose(*p) for p in pairs))
