"""DECK Commerce's TimestampUTC, as .NET formats it, and the key derived from it.

DECK's server is .NET, so a form is written in its letters: `M/d/yyyy HH:mm tt`.

The rule is that of DECK's own Magento module. Its OMS calls all use it; that the
order-link call does as well is the natural reading of its fields.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType

#: What DECK's Magento module sends: no leading zero on month and day, a 24-hour clock
#: that has AM or PM nevertheless, "9/2/2024 15:17 PM".
DEFAULT_FORM = "M/d/yyyy HH:mm tt"
LONGEST = 64

_NOON = 12
_Piece = Callable[[datetime], str]

#: .NET's specifiers, as far as they have one meaning in every culture.
_PIECES: Mapping[str, _Piece] = MappingProxyType(
    {
        "yyyy": lambda at: f"{at.year:04}",
        "M": lambda at: str(at.month),
        "MM": lambda at: f"{at.month:02}",
        "d": lambda at: str(at.day),
        "dd": lambda at: f"{at.day:02}",
        "H": lambda at: str(at.hour),
        "HH": lambda at: f"{at.hour:02}",
        "h": lambda at: str((at.hour - 1) % _NOON + 1),
        "hh": lambda at: f"{(at.hour - 1) % _NOON + 1:02}",
        "m": lambda at: str(at.minute),
        "mm": lambda at: f"{at.minute:02}",
        "s": lambda at: str(at.second),
        "ss": lambda at: f"{at.second:02}",
        "fff": lambda at: f"{at.microsecond // 1000:03}",
        "tt": lambda at: "AM" if at.hour < _NOON else "PM",
    }
)
#: Letters that .NET writes as they are.
_LITERAL = frozenset("TZ")
_RUN = re.compile(r"([A-Za-z])\1*|[^A-Za-z]")


def timestamp_utc(at: datetime, form: str = DEFAULT_FORM) -> str:
    """Write an instant in UTC; the same text goes into key and TimestampUTC.

    Args:
        at: aware.
        form: as `checked` lets it pass.

    Raises:
        ValueError: the instant has no time zone, or the form is none.
    """
    if at.tzinfo is None:
        raise ValueError("the instant of a verification key needs a time zone")
    utc = at.astimezone(UTC)
    return "".join([piece(utc) for piece in _pieces(form)])


def checked(form: str) -> str:
    """Give the form back if it names a minute of one day and nothing unknown.

    Raises:
        ValueError: states what is wrong with it.
    """
    if len(form) > LONGEST or not (form.isascii() and form.isprintable()):
        raise ValueError(f"must be at most {LONGEST} printable ASCII characters")
    _pieces(form)
    letters = {run.group()[0] for run in _RUN.finditer(form)}
    if not ({*"yMdm"} <= letters and ("H" in letters or {"h", "t"} <= letters)):
        raise ValueError(
            f"must hold year, month, day, hour and minute, like {DEFAULT_FORM}"
        )
    return form


@cache
def _pieces(form: str) -> tuple[_Piece, ...]:
    return tuple(_piece(run.group()) for run in _RUN.finditer(form))


def _piece(run: str) -> _Piece:
    if run in _PIECES:
        return _PIECES[run]
    # A quote, a backslash and a percent sign mean something else to .NET.
    if (run[0].isalpha() and run[0] not in _LITERAL) or run in "'\"\\%":
        known = ", ".join(_PIECES)
        raise ValueError(f"{run} is not known in a form of .NET's; {known} are")
    return lambda _: run


def verification_key(path: str, timestamp: str, api_key: str) -> str:
    """Hash path, timestamp and key, joined by nothing.

    Args:
        path: the API's path; case and a leading slash do not matter.
        timestamp: the very text of TimestampUTC.
        api_key: the site's key, or the user's when APIUsername is sent.

    Returns:
        64 upper-case hexadecimal digits.
    """
    joined = path.lstrip("/").lower() + timestamp + api_key
    return hashlib.sha256(joined.encode()).hexdigest().upper()
