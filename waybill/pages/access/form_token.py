"""Token of a form: a secret of the session, masked anew for each page.

Pages are compressed, and hold what was sent: without a mask, the length of many pages
would give the secret away letter by letter (BREACH).
"""

import base64
import binascii
import secrets
from hmac import compare_digest
from typing import Final

#: Bytes of a secret.
LENGTH: Final = 32


def masked(secret: str) -> str:
    """A token for one form.

    Args:
        secret: hex digits of `LENGTH` bytes.
    """
    mask = secrets.token_bytes(LENGTH)
    return base64.urlsafe_b64encode(mask + _mixed(mask, bytes.fromhex(secret))).decode()


def is_of(token: str, secret: str) -> bool:
    """Whether a token was made from this secret."""
    try:
        raw = base64.urlsafe_b64decode(token.encode())
    except (binascii.Error, ValueError):
        return False
    if len(raw) != 2 * LENGTH:
        return False
    found = _mixed(raw[:LENGTH], raw[LENGTH:])
    return compare_digest(found, bytes.fromhex(secret))


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
