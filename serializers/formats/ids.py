"""Digests of several texts (SHA-256), opaque and upper case: idempotency keys."""

import hashlib


def hash_parts(*parts: str) -> bytes:
    """Hash each part with its length before it: `3:SO-` never meets `2:SO1:-`.

    A part is written as a netstring without its comma: the length of its UTF-8
    bytes in decimal, a colon, the bytes.

    Returns:
        32 bytes.
    """
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode(errors="surrogatepass")
        digest.update(b"%d:" % len(encoded))
        digest.update(encoded)
    return digest.digest()


#: Crockford's base 32: no I, L, O or U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

#: 26 characters carry 130 bits.
LENGTH = 26


def event_id(*parts: str) -> str:
    """Name what the parts describe; equal parts give the equal id."""
    bits = int.from_bytes(hash_parts(*parts)) >> (256 - 5 * LENGTH)
    places = range(5 * (LENGTH - 1), -1, -5)
    return "".join(ALPHABET[(bits >> place) & 31] for place in places)
