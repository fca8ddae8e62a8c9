"""Quantities as Westcon writes them, in any form that has one reading.

Its order status prints three decimals in fourteen characters, `         2.000`. SAP
puts the sign of a return behind the number, and its decimal mark is its user's. The
rule is in docs/westcon.md.
"""

import re

from serializers.formats.quantities import plain_quantity

_GROUPS = " .,'\u2019\u00a0\u202f"
#: Digits with at most one mark: it is the decimal mark, whatever follows it.
_ONE_MARK = re.compile(r"(?P<whole>[0-9]*)(?:[.,](?P<decimals>[0-9]*))?")
#: Thousands in groups of three by one mark, decimals behind another.
_GROUPED = re.compile(
    rf"(?P<whole>[0-9]{{1,3}}(?P<mark>[{_GROUPS}])[0-9]{{3}}(?:(?P=mark)[0-9]{{3}})*)"
    r"(?:(?!(?P=mark))[.,](?P<decimals>[0-9]*))?"
)
_SIGNS = {"+": "", "-": "-", "\u2212": "-"}


def westcon_quantity(text: str) -> str | None:
    """Write a plain decimal, "" if there is none, None if it cannot be read.

    A single point or comma is the decimal mark: `2,000` is two, since Westcon prints
    three decimals. Where there are two kinds of marks, or one comes more than once, the
    groups of three digits are thousands: `1.000,00` and `1,000.000` are a thousand. A
    return is negative, with its sign before or behind: `2.000-` is "-2".
    """
    stripped = text.strip()
    if not stripped:
        return ""
    sign, number = _signed(stripped)
    match = _ONE_MARK.fullmatch(number) or _GROUPED.fullmatch(number)
    if match is None:
        return None
    whole = re.sub(r"[^0-9]", "", match["whole"])
    decimals = match["decimals"] or ""
    if not whole and not decimals:
        return None
    return plain_quantity(f"{sign}{whole or '0'}.{decimals}") or None


def _signed(text: str) -> tuple[str, str]:
    """Take the sign off, wherever it stands; two signs are left to be refused."""
    if text[0] in _SIGNS:
        return _SIGNS[text[0]], text[1:].lstrip()
    if text[-1] in _SIGNS:
        return _SIGNS[text[-1]], text[:-1].rstrip()
    return "", text
