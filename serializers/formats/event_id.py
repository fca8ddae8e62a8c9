"""Ids of what we send: opaque, upper case, the same for the same content."""

from serializers.formats.ids import hash_parts

#: Crockford's base 32: no I, L, O or U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

#: 26 characters carry 130 bits.
LENGTH = 26


def event_id(*parts: str) -> str:
    """Name what the parts describe; equal parts give the equal id."""
    bits = int.from_bytes(hash_parts(*parts)) >> (256 - 5 * LENGTH)
    places = range(5 * (LENGTH - 1), -1, -5)
    return "".join(ALPHABET[(bits >> place) & 31] for place in places)
