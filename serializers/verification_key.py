"""What proves a call to DECK Commerce: a plain SHA-256 over path, time, key.

Both rules are those of DECK's own Magento module. Its OMS calls all use them;
that the order-link call does as well is the natural reading of its fields.
"""

import hashlib
from datetime import UTC, datetime

_NOON = 12


def timestamp_utc(at: datetime) -> str:
    """Write an instant as DECK's Magento module does: "9/2/2024 15:17 PM".

    No leading zero on month and day, a 24-hour clock that says AM or PM
    nevertheless. The same text goes into the key and into TimestampUTC.

    Raises:
        ValueError: the instant has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("the instant of a verification key needs a time zone")
    utc = at.astimezone(UTC)
    half = "AM" if utc.hour < _NOON else "PM"
    return f"{utc.month}/{utc.day}/{utc.year} {utc.hour:02}:{utc.minute:02} {half}"


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
