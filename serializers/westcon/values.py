"""Calendar days and quantities of Westcon, where they have one reading.

Its order status documents yyyymmdd. Its other interfaces, SAP's texts and .NET's JSON
use others, and all of them were seen in replies. The rule is in docs/westcon.md.

Its order status prints three decimals in fourteen characters, `         2.000`. SAP
puts the sign of a return behind the number, and its decimal mark is its user's. The
rule is in docs/westcon.md.
"""

import re
from datetime import date

from serializers.formats.instants import FIRST_YEAR
from serializers.formats.quantities import plain_quantity

#: SAP's "without end", 31.12.9999, is no date either.
WITHOUT_END = 9999

#: What a day without a value is written in: 0000-00-00, 00/00/0000 00:00, 00000000.
_EMPTY = re.compile(r"[0 /.:TZ-]*")

# A time of day, or an offset from UTC, does not change the day as it was written.
_TIME = r"(?:(?:T|,? +)[0-9]{1,2}:?[0-9]{2}.*|Z|[+-][0-9]{2}:?[0-9]{2})?"
_YEAR_FIRST = re.compile(
    r"(?P<year>[0-9]{4})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)"
    rf"(?P<day>[0-9]{{1,2}}){_TIME}"
)
_COMPACT = re.compile(
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?:[T ]?[0-9]{4}(?:[0-9]{2}(?:[.,][0-9]*)?)?Z?)?"
)
_YEAR_LAST = re.compile(
    r"(?P<first>[0-9]{1,2})(?P<mark>[-/.])(?P<second>[0-9]{1,2})(?P=mark)"
    rf"(?P<year>[0-9]{{4}}){_TIME}"
)
_DOT_NET = re.compile(
    r"/Date\((?P<ms>-?[0-9]{1,15})(?:(?P<sign>[+-])(?P<hours>[0-9]{2})(?P<minutes>[0-9]{2}))?\)/"
)
_DAY_MS = 86_400_000
_UNIX_DAY = date(1970, 1, 1).toordinal()


def westcon_day(text: str) -> str | None:
    """Write a day as YYYY-MM-DD, "" if it is none, None if it cannot be read.

    Where both could be meant, the day stands before the month, as Westcon's other
    interfaces write it: 03/04/2026 is 3 April. 09/25/2026 has one reading only.
    """
    stripped = text.strip()
    # What the documents specify is what nearly every date is.
    if (match := _COMPACT.fullmatch(stripped)) and match["year"] != "0000":
        return _iso_day(int(match["year"]), int(match["month"]), int(match["day"]))
    if _EMPTY.fullmatch(stripped):
        return ""
    if match := _DOT_NET.fullmatch(stripped):
        return _dot_net(match)
    if match := _YEAR_FIRST.fullmatch(stripped) or _COMPACT.fullmatch(stripped):
        return _iso_day(*(int(match[part]) for part in ("year", "month", "day")))
    if match := _YEAR_LAST.fullmatch(stripped):
        year, first, second = (int(match[n]) for n in ("year", "first", "second"))
        in_order = _iso_day(year, second, first)
        return _iso_day(year, first, second) if in_order is None else in_order
    return None


def _iso_day(year: int, month: int, day: int) -> str | None:
    try:
        # The year 0, which no date can have, stands for "none" as those after it do.
        at = date(year or 1, month, day)
    except ValueError:
        return None
    return at.isoformat() if FIRST_YEAR <= at.year < WITHOUT_END else ""


def _dot_net(match: re.Match[str]) -> str | None:
    """The day of .NET's milliseconds since 1970, in the offset that stands beside."""
    minutes = int(match["hours"] or 0) * 60 + int(match["minutes"] or 0)
    offset = -minutes if match["sign"] == "-" else minutes
    days = (int(match["ms"]) + offset * 60_000) // _DAY_MS + _UNIX_DAY
    if days > date.max.toordinal():
        return None
    at = date.fromordinal(max(1, days))
    return _iso_day(at.year, at.month, at.day)


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
