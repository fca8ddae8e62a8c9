"""The VerificationKey as DECK's own Magento module makes it."""

from datetime import UTC, datetime
from hashlib import sha256

#: The module's form first; a 24-hour hour beside AM or PM is DECK's habit.
_FORMATS = (
    "%m/%d/%Y %H:%M %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S",
)


def verification_key(path: str, timestamp: str, api_key: str) -> str:
    """Upper-case hexadecimal SHA-256 over path, timestamp and key, end to end.

    Args:
        path: as DECK counts it, without a slash in front ("api/...").
        timestamp: TimestampUTC, letter by letter.
        api_key: the site's, or the API user's where one is named.
    """
    text = path.lower() + timestamp + api_key
    return sha256(text.encode()).hexdigest().upper()


def instant(timestamp: str) -> datetime | None:
    """Read TimestampUTC in any form .NET would be likely to take."""
    for form in _FORMATS:
        try:
            return datetime.strptime(timestamp, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
