"""Log file of `-f`: written line by line, and opened anew where it was moved away."""

import os
from pathlib import Path


class LogFile:
    """Appends to a file, as whoever rotates logs expects it.

    Args:
        path: of the file, which is made where it is missing.

    Raises:
        OSError: it cannot be opened.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._open()

    def write(self, text: str, /) -> None:
        """Write it to the file that is called so now."""
        if self._is_moved():
            self._file.close()
            self._open()
        self._file.write(text)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def _open(self) -> None:
        self._file = self._path.open("a", encoding="utf-8", errors="backslashreplace")
        self._place = self._stat(os.fstat(self._file.fileno()))

    def _is_moved(self) -> bool:
        try:
            return self._stat(self._path.stat()) != self._place
        except FileNotFoundError:
            return True

    @staticmethod
    def _stat(found: os.stat_result) -> tuple[int, int]:
        return found.st_dev, found.st_ino
