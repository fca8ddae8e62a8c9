"""What was measured on: every figure is worth only as much as this states."""

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks import redis_server
from benchmarks.processes import ROOT


@dataclass(frozen=True, slots=True)
class Machine:
    """The date and the sizes; `load` is the one-minute average before the start."""

    date: str
    cores: int
    processor: str
    memory_gib: float
    load: float
    python: str
    redis: str
    celery: str
    commit: str

    def __str__(self) -> str:
        return (
            f"{self.date}, {self.cores} cores ({self.processor}), "
            f"{self.memory_gib:.0f} GiB, load {self.load:.1f}, Python {self.python}, "
            f"Redis {self.redis}, Celery {self.celery}, "
            f"commit {self.commit or 'unknown'}"
        )


def this_machine() -> Machine:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Machine(
        date=datetime.now(UTC).date().isoformat(),
        cores=len(os.sched_getaffinity(0)),
        processor=_processor(),
        memory_gib=pages / 2**30,
        load=os.getloadavg()[0],
        python=platform.python_version(),
        redis=".".join(map(str, redis_server.version(redis_server.executable()))),
        celery=version("celery"),
        commit=_commit(),
    )


def _commit() -> str:
    """The commit that is checked out, with a plus where files differ from it."""
    git = shutil.which("git")
    if git is None:
        return ""
    command = [git, "describe", "--always", "--dirty=+", "--exclude=*"]
    found = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    return found.stdout.strip()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
