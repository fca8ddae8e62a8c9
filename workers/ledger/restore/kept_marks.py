"""Copies of the ledger's marks outside its Redis: in a file, or in another Redis.

Living workers remember how far the ledger had come. Where all of them went down with
Redis, as in a restore of the whole host, only what is kept elsewhere can show it.
"""

import json
import re
from dataclasses import asdict, fields
from typing import Any, Protocol

import redis

from tasks.restore_detection import Marks
from workers.ledger import keys
from workers.ledger.restore.marks_file import SETTING, InFile, KeptMarksError, file_of
from workers.redis.answers import octets
from workers.redis.clients import hasty_client

_ENTRY = re.compile(r"([0-9]+-[0-9]+)?")


class Place(Protocol):
    """Where bytes are kept."""

    def read(self) -> bytes:
        """Answer what was written last, b"" for nothing; raises KeptMarksError."""

    def write(self, content: bytes) -> None:
        """Replace it whole, or not at all; raises KeptMarksError."""


class KeptMarks:
    """The marks of one deployment's ledger.

    Args:
        place: where they are.
        deployment: whose they are, "" without a name.
    """

    def __init__(self, place: Place, deployment: str) -> None:
        self._place = place
        self._deployment = deployment

    def read(self) -> Marks | None:
        """What was kept last, None where nothing was; raises KeptMarksError."""
        content = self._place.read()
        if not content.strip():
            return None
        try:
            found: dict[str, Any] = json.loads(content)
            of, marks = found["deployment"], _marks(found["marks"])
        except (ValueError, KeyError, TypeError) as error:
            raise KeptMarksError(
                f"what {SETTING} names holds no marks; correct {SETTING}, or take it"
                " away if nothing else is kept there"
            ) from error
        # Kept before the deployment had its name, they are its own.
        if of not in ("", self._deployment):
            raise KeptMarksError(
                f"what {SETTING} names holds marks of deployment {of},"
                f" and this is {self._deployment or '(no name)'}; give each a place of"
                " its own, or take it away after a deployment was renamed"
            )
        return marks

    def keep(self, marks: Marks) -> None:
        """Keep them instead of those before; raises KeptMarksError."""
        found = {"deployment": self._deployment, "marks": asdict(marks)}
        self._place.write(json.dumps(found).encode() + b"\n")


def _marks(found: dict[str, Any]) -> Marks:
    """Marks as they were kept; what a newer release adds is left out."""
    known = {field.name: type(field.default) for field in fields(Marks)}
    given = {name: value for name, value in found.items() if name in known}
    if any(not isinstance(value, known[name]) for name, value in given.items()):
        raise TypeError
    marks = Marks(**given)
    if not _ENTRY.fullmatch(marks.last_entry):
        raise ValueError(marks.last_entry)
    return marks


class InRedis:
    """A key of another Redis than the ledger's."""

    def __init__(self, client: "redis.Redis", key: str) -> None:
        self._client = client
        self._key = key

    def read(self) -> bytes:
        try:
            return octets(self._client.get(self._key))
        except redis.RedisError as error:
            raise KeptMarksError(self._failure("read", error)) from error

    def write(self, content: bytes) -> None:
        try:
            self._client.set(self._key, content)
        except redis.RedisError as error:
            raise KeptMarksError(self._failure("written", error)) from error

    def _failure(self, what: str, error: redis.RedisError) -> str:
        why = type(error).__name__
        return f"the Redis that {SETTING} names cannot be {what} ({why})"


def kept_marks(url: str, deployment: str) -> KeptMarks | None:
    """The kept marks that the settings name, None for none; nothing connects yet."""
    if not url:
        return None
    if url.lower().startswith("file:"):
        return KeptMarks(InFile(file_of(url)), deployment)
    client = hasty_client(url, "marks")
    return KeptMarks(InRedis(client, keys.kept_marks(deployment)), deployment)
