"""Codec of an order's parcels and serial numbers, as its record keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from serializers.errors import DecodeError


class Loose(NamedTuple):
    """A serial number that stands at no line, and its MAC address; one may be ""."""

    number: str
    mac_address: str = ""


@dataclass(frozen=True, slots=True)
class OrderParcels:
    """The state of asking for an order's parcels.

    Attributes:
        waits_ms: UTC ms since when shipped quantity waits for its tracking numbers, 0
            where none waits.
        open: keys of the lines that have reached shipped, and for which no answer has
            brought a parcel yet.
        serials: what is known of the order and stands at no line.
    """

    waits_ms: int = 0
    open: tuple[str, ...] = ()
    serials: tuple[Loose, ...] = ()


def pack_parcels(parcels: OrderParcels) -> list[object]:
    """Write it, cut off behind the last element that states something."""
    values: list[object] = [
        parcels.waits_ms,
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
    waits_ms: int = 0, keys: Sequence[str] = (), flat: Sequence[str] = ()
) -> OrderParcels:
    if not all(type(text) is str for text in (*keys, *flat)):
        raise DecodeError("order record: not one of ours")
    pairs = zip(flat[::2], flat[1::2], strict=True)
    return OrderParcels(int(waits_ms), tuple(keys), tuple(Loose(*p) for p in pairs))
