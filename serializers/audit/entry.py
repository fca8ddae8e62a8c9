"""Codec of one entry of the audit chain: link, signature and a JSON object.

`audited.lua` writes `<link> <signature> <object>`. The link is the SHA-1 of the link
before it, the signature and the object, in hex, a line each; the first entry follows
`GENESIS`. What the actor states of its act is the object's member `act`, which is
written canonically, so that it can be signed before it is sent: HMAC-SHA256 of the link
before and of this, a line each. Without a key the signature is `UNSIGNED`.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from serializers.errors import DecodeError

#: The link before the first entry.
GENESIS: Final = "0" * 40
UNSIGNED: Final = "-"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act.

    Attributes:
        n: its place in its partition's chain, from 1.
        at_ms: UTC ms by Redis' clock.
        before: what the thing was that it was done to, "" where that is not one thing.
        after: what it is since.
        act: what the actor states: `what`, `target`, `who`, `why`, `door`, `run` and
            more.
        link: of this entry.
        signature: of the actor, `UNSIGNED` without a key.
        text: the object as it was written.
    """

    n: int
    at_ms: int
    before: str
    after: str
    act: Mapping[str, object]
    link: str
    signature: str
    text: str

    def stated(self, name: str) -> str:
        """What the actor states under a name, as text."""
        value = self.act.get(name)
        return "" if value is None else str(value)


def statement(act: Mapping[str, object]) -> str:
    """What an actor states, canonically; texts that are empty are left out."""
    known = {name: value for name, value in act.items() if value not in ("", None)}
    return json.dumps(known, sort_keys=True, separators=(",", ":"))


def signature(key: bytes, before: str, stated: str) -> str:
    """Sign a statement for the place behind a link."""
    signed = f"{before}\n{stated}".encode()
    return hmac.new(key, signed, hashlib.sha256).hexdigest()


def link(before: str, signed: str, text: str) -> str:
    """The link of an entry."""
    linked = f"{before}\n{signed}\n{text}".encode(errors="surrogateescape")
    return hashlib.sha1(linked, usedforsecurity=False).hexdigest()


def decode(raw: bytes) -> AuditEntry:
    """Read an entry; whether it is where it belongs is for `chain` to find.

    Whoever can write to Redis may have written it: what is no entry is refused.

    Raises:
        DecodeError: it is none.
    """
    found, _, rest = raw.decode(errors="surrogateescape").partition(" ")
    signed, _, text = rest.partition(" ")
    try:
        value = json.loads(text)
        act = value["act"]
        if not (isinstance(act, dict) and found.isascii() and signed.isascii()):
            raise ValueError  # noqa: TRY301 (as what cannot be read)
        return AuditEntry(
            n=int(value["n"]),
            at_ms=int(value["at"]),
            before=str(value["before"]),
            after=str(value["after"]),
            act=act,
            link=found,
            signature=signed,
            text=text,
        )
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise DecodeError("this is no entry of an audit chain") from None
