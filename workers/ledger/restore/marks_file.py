"""Atomically replaced file for the ledger's marks."""

import os
import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

SETTING = "WAYBILL_MARKS_URL"

#: What reading takes at most.
MOST_BYTES = 65_536


class KeptMarksError(Exception):
    """The kept marks cannot be read or written; the message states what to do."""


class InFile:
    """A file, replaced whole and synced, so that a power cut leaves one of the two."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> bytes:
        try:
            with self._path.open("rb") as file:
                return file.read(MOST_BYTES)
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise KeptMarksError(self._failure("read", error)) from error

    def write(self, content: bytes) -> None:
        # Another name for each process: several workers keep one file.
        own = f".{self._path.name}.{socket.gethostname()}.{os.getpid()}"
        fresh = self._path.with_name(own)
        try:
            with fresh.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
            _sync(self._path.parent)
        except OSError as error:
            # Where nothing can be written, nothing can be taken away.
            with suppress(OSError):
                fresh.unlink()
            raise KeptMarksError(self._failure("written", error)) from error

    def _failure(self, what: str, error: OSError) -> str:
        why = error.strerror or type(error).__name__
        return f"the file that {SETTING} names cannot be {what} ({why})"


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_of(url: str) -> Path:
    """The file that a URL of the form file:///absolute/path names.

    Raises:
        ValueError: it names none.
    """
    parts = urlsplit(url)
    path = Path(unquote(parts.path))
    if parts.netloc not in ("", "localhost") or parts.query or parts.fragment:
        raise ValueError("must be a URL like file:///var/lib/waybill/marks")
    if not path.is_absolute() or path.name == "" or "\0" in str(path):
        raise ValueError("must be a URL like file:///var/lib/waybill/marks")
    return path
