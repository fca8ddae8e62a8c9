"""Work file of a reconciliation: all books side by side, on disk, in SQLite.

Nothing of it stays in memory but a few pages. The partners' answers survive an
interruption, since they are what takes long; the other books are read anew.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

#: Seconds for which a partner's answer is good in a run that goes on.
GOOD_FOR = 12 * 3600.0

#: KiB of pages in memory.
CACHE = 16_384

#: The books that are read anew, and those that a run which goes on keeps.
_FRESH = """
CREATE TABLE erp(name TEXT PRIMARY KEY, line INT, packed TEXT) WITHOUT ROWID;
CREATE TABLE ledger(name TEXT PRIMARY KEY, record BLOB, version INT, state TEXT,
    next_ms INT, looked_ms INT, source TEXT, timeline BLOB);
CREATE TABLE delivery(name TEXT, id TEXT, destination TEXT, kind TEXT, state TEXT,
    at_ms INT, PRIMARY KEY(name, id)) WITHOUT ROWID;
CREATE TABLE letter(ref TEXT PRIMARY KEY, name TEXT, kind TEXT, reason TEXT,
    at_ms INT, destination TEXT, seen INT);
CREATE INDEX letter_name ON letter(name);
CREATE TABLE unread(name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE received(endpoint TEXT, event_id TEXT, number TEXT, about TEXT,
    at_ms INT);
CREATE TABLE question(place TEXT, name TEXT, kind TEXT, number TEXT,
    PRIMARY KEY(place, name)) WITHOUT ROWID;
CREATE TABLE unasked(name TEXT, book TEXT, why TEXT, at_ms INT,
    PRIMARY KEY(name, book)) WITHOUT ROWID;
CREATE TABLE finding(n INTEGER PRIMARY KEY, kind TEXT, name TEXT, packed TEXT);
CREATE INDEX finding_name ON finding(name);
"""
_KEPT = """
CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS answer(book TEXT, name TEXT, version INT, asked_ms INT,
    packed TEXT, PRIMARY KEY(book, name)) WITHOUT ROWID;
"""
_TABLES = (
    "erp",
    "ledger",
    "delivery",
    "letter",
    "unread",
    "received",
    "question",
    "unasked",
    "finding",
)


class NotOursError(Exception):
    """The file is there, and no work file of a reconciliation."""


class InUseError(Exception):
    """Another run uses the file."""


class WorkFile:
    """The file; one thread at a time may use it.

    Args:
        path: where; its folder is made.
        question: what distinguishes this comparison from others.

    Raises:
        InUseError: another run of the same comparison has it.
        NotOursError: something else is there.
    """

    def __init__(self, path: Path, question: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = _locked(path)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            self._db.execute(f"PRAGMA cache_size=-{CACHE}")
            self._db.execute("PRAGMA temp_store=FILE")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=OFF")
            self._begin(question)
        except sqlite3.DatabaseError as error:
            self.close()
            raise NotOursError(str(path)) from error

    def _begin(self, question: str) -> None:
        present = {name for (name,) in self.all("SELECT name FROM sqlite_master")}
        if present and "meta" not in present:
            raise sqlite3.DatabaseError("another program's")
        self._db.executescript(_KEPT)
        known = dict(self.all("SELECT name, value FROM meta"))
        oldest = (time.time() - GOOD_FOR) * 1000
        if known.get("question") != question:
            self.run("DELETE FROM answer")
        self.run("DELETE FROM answer WHERE asked_ms < ?", oldest)
        # What could not be asked is asked again.
        self.run("DELETE FROM answer WHERE json_extract(packed, '$.failed')")
        for name in _TABLES:
            self.run(f"DROP TABLE IF EXISTS {name}")
        self._db.executescript(_FRESH)
        self.run("INSERT OR REPLACE INTO meta VALUES('question', ?)", question)

    def run(self, statement: str, *values: Any) -> None:
        """Run one statement."""
        self._db.execute(statement, values)

    def many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run it for each row, in one transaction."""
        self._db.execute("BEGIN")
        self._db.executemany(statement, rows)
        self._db.execute("COMMIT")

    def all(self, statement: str, *values: Any) -> list[Any]:
        """Every row of an answer that is short."""
        return self._db.execute(statement, values).fetchall()

    def one(self, statement: str, *values: Any) -> Any:
        """The first row of an answer, None without one."""
        return self._db.execute(statement, values).fetchone()

    def count(self, statement: str, *values: Any) -> int:
        """A number that is asked for."""
        return int(self.one(statement, *values)[0] or 0)

    def pages(self, statement: str, *values: Any, most: int) -> Iterator[list[Any]]:
        """The rows of a long answer, so many at once.

        The statement asks for rows behind the last one's first value, `?` at its end.
        """
        last: Any = ""
        while page := self.all(f"{statement} LIMIT {most}", *values, last):
            yield page
            last = page[-1][0]

    def close(self) -> None:
        """Keep it, for a run that goes on."""
        self._db.close()
        self._lock.close()

    def remove(self) -> None:
        """The comparison is at its end."""
        self._db.close()
        for ending in ("", "-wal", "-shm"):
            Path(f"{self.path}{ending}").unlink(missing_ok=True)
        self._lock.close()


def _locked(path: Path) -> BinaryIO:
    """The file, which no other run has as long as this is open.

    Raises:
        InUseError: another one has it.
    """
    while True:
        file = path.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise InUseError(str(path)) from error
        if path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat()):
            return file
        # Its run has ended in between, and removed it.
        file.close()
