"""Codec of who uses a purchase order: the ERP's orders, and Westcon's given to each.

It is a line for each of the ERP's orders: a day, the order's name, Westcon's numbers,
with a tab between them. No name holds one.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from serializers.formats.ids import hash_parts

#: Characters of a purchase order's digest: the bucket's, and those within it.
BUCKET, WITHIN = 2, 9


@dataclass(frozen=True, slots=True)
class Use:
    """An order of the ERP under a purchase order.

    Attributes:
        order: its name.
        day: when it was first heard of, in days since 1970.
        numbers: Westcon's orders that are given to it, as they compare.
    """

    order: str
    day: int
    numbers: tuple[str, ...] = ()


def place_of(purchase_order: str) -> tuple[str, str]:
    """Bucket and place in it of a purchase order, which counts to the letter."""
    text = urlsafe_b64encode(hash_parts(purchase_order.strip())).decode()
    return text[:BUCKET], text[BUCKET : BUCKET + WITHIN]


def written(uses: Iterable[Use]) -> str:
    """Write them."""
    return "\n".join("\t".join((str(u.day), u.order, *u.numbers)) for u in uses)


def read(text: str) -> tuple[Use, ...]:
    """Read them; a line that is none is left out."""
    cells = (line.split("\t") for line in text.split("\n"))
    return tuple(
        Use(order, int(day), tuple(numbers))
        for day, order, *numbers in (c for c in cells if len(c) > 1)
        if day.isdigit()
    )
