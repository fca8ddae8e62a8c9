"""How DECK and a receiver know who is calling."""

import base64
import hashlib
import hmac
from datetime import datetime


def link_timestamp(now: datetime) -> str:
    """DECK's spelling: no leading zeros in the date, 24 hours with AM or PM."""
    return f"{now.month}/{now.day}/{now.year} {now:%H:%M %p}"


def verification_key(path: str, stamp: str, api_key: str) -> str:
    """A plain SHA-256, upper case, as in DECK's Magento module."""
    return hashlib.sha256(f"{path}{stamp}{api_key}".encode()).hexdigest().upper()


def hub_signature(secret: str, event_id: str) -> str:
    """Ingram's x-hub-signature: base64 of the HMAC-SHA512 over the event's id."""
    digest = hmac.new(secret.encode(), event_id.encode(), hashlib.sha512).digest()
    return base64.b64encode(digest).decode("ascii")
