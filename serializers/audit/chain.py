"""Verification of an audit chain: what was changed, taken out, moved or cut off."""

import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from serializers.audit.entry import (
    GENESIS,
    UNSIGNED,
    AuditEntry,
    decode,
    link,
    signature,
    statement,
)
from serializers.errors import DecodeError


@dataclass(frozen=True, slots=True)
class Head:
    """How far a chain has come.

    Attributes:
        n: entries.
        link: of the last.
    """

    n: int = 0
    link: str = GENESIS


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification came to.

    Attributes:
        entries: how many there are.
        signed: how many of them have a signature that a key verifies.
        unsigned: how many have none.
        faults: what is wrong, in order, each a sentence.
    """

    entries: int
    signed: int
    unsigned: int
    faults: tuple[str, ...]


def verify(
    raws: Iterable[bytes],
    head: Head,
    keys: Sequence[bytes] = (),
    kept: Iterable[Head] = (),
) -> Verified:
    """Follow a chain from its first entry.

    Args:
        raws: the entries as they are kept.
        head: how far Redis says that the chain has come.
        keys: with which entries may be signed; none to leave signatures unverified.
        kept: heads of an earlier time, kept elsewhere.
    """
    book = _Book(keys, {one.n: one.link for one in kept if one.n})
    for raw in raws:
        book.take(raw)
    return book.closed(head)


class _Book:
    """The verification so far."""

    def __init__(self, keys: Sequence[bytes], kept: Mapping[int, str]) -> None:
        self._keys = keys
        self._kept = kept
        self._last = Head()
        self._signed = self._unsigned = 0
        self._faults: list[str] = []

    def take(self, raw: bytes) -> None:
        place = self._last.n + 1
        try:
            entry = decode(raw)
        except DecodeError as error:
            self._faults.append(f"entry {place}: {error}")
            self._last = Head(place, raw[:40].decode(errors="replace"))
            return
        self._faults += self._about(entry, place)
        self._last = Head(place, entry.link)

    def closed(self, head: Head) -> Verified:
        """All of it, with what the end shows."""
        last, faults = self._last, self._faults
        if head != last:
            faults.append(
                f"the chain ends with entry {last.n}, and its head names entry {head.n}"
                " with another link: its end was cut off or changed"
            )
        faults += [
            f"entry {n} is missing, of which a head was kept: the end was cut off"
            for n in self._kept
            if n > last.n
        ]
        if self._keys and last.n and not self._signed:
            faults.append("no entry is signed, although there is a key")
        return Verified(last.n, self._signed, self._unsigned, tuple(faults))

    def _about(self, entry: AuditEntry, place: int) -> Iterator[str]:
        if entry.n != place:
            what = "one is missing or was moved"
            yield f"entry {entry.n} stands in place {place}: {what}"
        before = self._last.link
        if entry.link != link(before, entry.signature, entry.text):
            yield f"entry {place} was changed, or what stands before it"
        elif self._kept.get(place, entry.link) != entry.link:
            yield f"entry {place} is another than the one whose head was kept"
        yield from self._about_signature(entry, before)

    def _about_signature(self, entry: AuditEntry, before: str) -> Iterator[str]:
        if entry.signature == UNSIGNED:
            self._unsigned += 1
            if self._keys and self._signed:
                yield f"entry {entry.n} is not signed, and others before it are"
        elif self._keys:
            stated = statement(entry.act)
            good = any(
                hmac.compare_digest(signature(key, before, stated), entry.signature)
                for key in self._keys
            )
            self._signed += 1
            if not good:
                yield f"entry {entry.n} is signed with none of the keys"
