"""Bearer tokens: how one is made, and whose one is.

A token is 256 random bits, so a plain digest of it can stand in the settings: there is
nothing to guess, and nobody who reads them learns it.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Final

from workers.settings.door import DoorToken, Right

#: Leads every token, so that one that is found somewhere is known for what it is.
PREFIX: Final = "wbt_"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who came in: the token's name in the settings, and its rights."""

    name: str
    rights: frozenset[Right]


def made() -> str:
    """A new token."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What stands for a token in the settings."""
    return hashlib.sha256(token.encode()).hexdigest()


def setting(name: str, token: str, rights: Sequence[Right]) -> str:
    """A token's entry in WAYBILL_HTTP__TOKENS, as JSON."""
    return json.dumps({name: {"sha256": digest(token), "rights": list(rights)}})


def holder(authorization: str, tokens: Mapping[str, DoorToken]) -> Holder | None:
    """Whose token a request carries; each is compared, in the same time.

    Args:
        authorization: the header's value, "" where there is none.
        tokens: of the settings.
    """
    scheme, _, token = authorization.partition(" ")
    given = digest(token.strip())
    found = None
    for name, known in tokens.items():
        if compare_digest(given, known.sha256):
            found = Holder(name, frozenset(known.rights))
    return found if scheme.lower() == "bearer" else None
