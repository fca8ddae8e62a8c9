"""One core kept busy by others, as on a machine that has more to do."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.processes import Child

#: Stays on one core and is as important there as everybody else.
PROGRAM = """
import os, sys
os.sched_setaffinity(0, {int(sys.argv[1])})
print("busy", flush=True)
while True:
    pass
"""


@contextmanager
def busy_core() -> Iterator[None]:
    """Keep the last of this machine's cores busy inside the block."""
    core = str(max(os.sched_getaffinity(0)))
    with TemporaryDirectory("-burner") as folder:
        command = [sys.executable, "-c", PROGRAM, core]
        child = Child(command, Path(folder) / "log", {})
        try:
            child.line_with("busy", seconds=10.0)
            yield
        finally:
            child.stop()
