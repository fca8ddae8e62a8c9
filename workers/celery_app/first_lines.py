"""Lines that are written before there is a log, and where nothing may wait for one.

Each is one JSON object, as the log's are. Nothing of ours or Celery's is imported here,
so that this comes first.
"""

import json
import os
import sys
import warnings
from datetime import UTC, datetime
from typing import Any, Final

#: Standard error, where the log goes unless `-f` names a file.
STDERR: Final = 2

_files: list[str] = []


def send_to(path: str) -> None:
    """Append to this file from now on."""
    _files[:] = [path]


def write(event: str, logger: str, level: str) -> None:
    """Write a line at once, past every lock; one that cannot be written is lost."""
    at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    line = {"event": event, "logger": logger, "level": level, "at": at}
    octets = json.dumps(line).encode() + b"\n"
    try:
        if not _files:
            os.write(STDERR, octets)
            return
        place = os.open(_files[0], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(place, octets)
        finally:
            os.close(place)
    except OSError:
        return


def take_warnings() -> None:
    """Write Python's warnings as lines, until the log takes them."""

    def show(
        message: Warning | str, category: type[Warning], *_: Any, **__: Any
    ) -> None:
        write(f"{category.__name__}: {message}", "py.warnings", "warning")

    if not sys.warnoptions or "error" not in sys.warnoptions:
        warnings.showwarning = show
