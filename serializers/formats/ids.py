"""One SHA-256 over several texts, with no two lists alike."""

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
