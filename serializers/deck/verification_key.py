"""What proves a call to DECK Commerce: a plain SHA-256 over path, time, key.

The rule is that of DECK's own Magento module. Its OMS calls all use it; that the
order-link call does as well is the natural reading of its fields.
"""

import hashlib

from serializers.deck.timestamp import timestamp_utc

__all__ = ["timestamp_utc", "verification_key"]


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
