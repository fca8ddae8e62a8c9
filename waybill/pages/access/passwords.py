"""Passwords of the console: what stands for one in the settings, and its check."""

import hashlib
import json
import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from workers.settings.door import ConsoleUser, Role

#: Letters and more that a password must have; whoever reads the settings can guess.
SHORTEST: Final = 10

_HASHER = PasswordHasher()

#: Checks at once: each takes 64 MiB, which a flood of attempts must not multiply.
_ROOM = threading.BoundedSemaphore(2)

#: Stands for the hash of who is not known, so that their answer takes as long.
_NOBODY: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA"
    "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)


def setting(name: str, password: str, role: Role) -> str:
    """A user's entry in WAYBILL_HTTP__USERS, as JSON; "" is no password."""
    kept = {"argon2": _HASHER.hash(password)} if password else {}
    return json.dumps({name: kept | {"role": role}})


def is_right(user: ConsoleUser | None, password: str) -> bool:
    """Whether it is the user's password; None is nobody, whose never is."""
    kept = user.argon2 if user is not None else ""
    with _ROOM:
        try:
            verified = _HASHER.verify(kept or _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return False
    return verified and bool(kept)


def proof(user: ConsoleUser) -> str:
    """What a session keeps of the password that let its user in."""
    return "password:" + hashlib.sha256(user.argon2.encode()).hexdigest()
