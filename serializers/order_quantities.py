"""Codec of quantities that the ERP states of an order: what is ordered, what came back.

In the record each is a list of texts, cut off behind the last one that holds something.
"""

from collections.abc import Sequence
from typing import NamedTuple

from serializers.errors import DecodeError


class Return(NamedTuple):
    """How much of a line has come back in all, as the ERP reports it.

    The line number has no leading zeros, the quantity is a plain decimal.
    """

    line_number: str
    quantity: str = ""


class Expected(NamedTuple):
    """A line of the ERP's order: what Westcon is expected to deliver.

    Attributes:
        line_number: the ERP's, without leading zeros.
        quantity: a plain decimal, "" where the ERP gives none.
        part: the part number, "" where the ERP gives none.
    """

    line_number: str
    quantity: str = ""
    part: str = ""


def pack_quantities(lines: Sequence[Return | Expected]) -> list[object]:
    """Write them, one list for each line."""
    return [_cut(one) for one in lines]


def _cut(texts: Sequence[str]) -> list[str]:
    values = list(texts)
    while values[1:] and not values[-1]:
        values.pop()
    return values


def unpack_returns(values: Sequence[Sequence[str]] = ()) -> tuple[Return, ...]:
    """Read returns.

    Raises:
        DecodeError, TypeError, ValueError: they are none.
    """
    return tuple(Return(*_checked(one)) for one in values)


def unpack_expected(values: Sequence[Sequence[str]]) -> tuple[Expected, ...]:
    """Read what is expected; errors are as those of `unpack_returns`."""
    return tuple(Expected(*_checked(one)) for one in values)


def _checked(texts: Sequence[str]) -> Sequence[str]:
    if type(texts) is not list or set(map(type, texts)) - {str}:
        raise DecodeError("order record: not one of ours")
    return texts
