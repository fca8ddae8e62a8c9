"""Clocks that are wrong in one process: libfaketime, where the machine has it."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.processes.site import Site

#: Names the library where it is at none of the usual places.
VARIABLE = "LIBFAKETIME"
PLACES = (
    "usr/lib/*/faketime/libfaketimeMT.so.1",
    "usr/lib*/faketime/libfaketimeMT.so.1",
    "usr/local/lib/faketime/libfaketimeMT.so.1",
)


def library() -> str | None:
    """The library for programs with threads, None where there is none."""
    named = os.environ.get(VARIABLE)
    if named:
        return named if Path(named).exists() else None
    found = (path for place in PLACES for path in Path("/").glob(place))
    return next((str(path) for path in found), None)


needed = pytest.mark.skipif(
    library() is None,
    reason="no libfaketime: `apt-get install libfaketime` (or `faketime` of another "
    f"system), or name libfaketimeMT.so.1 in {VARIABLE}",
)


def set_to(file: Path, offset: str) -> None:
    """Move the clock of who reads this file: "+120s", "-3600s", "+0s"."""
    fresh = file.with_suffix(".new")
    fresh.write_text(f"{offset}\n")
    fresh.replace(file)


def wrong(site: Site, file: Path) -> Site:
    """The same site, for workers whose wall clock is what `file` holds.

    How long something takes is measured by another clock, which stays right: so it
    is on a machine whose time is set by hand.
    """
    fake = {
        "LD_PRELOAD": library() or "",
        "FAKETIME_TIMESTAMP_FILE": str(file),
        # It looks at the file once a second; at each look at the clock it would be
        # the load of the worker.
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    return replace(site, settings={**site.settings, **fake})


def notified(site: Site, file: Path) -> float:
    """What the clock of such a worker reports, in UTC seconds."""
    environ = {**os.environ, **wrong(site, file).settings}
    asked = (sys.executable, "-c", "import time; print(time.time())")
    output = subprocess.run(asked, env=environ, capture_output=True, check=True)
    return float(output.stdout)
