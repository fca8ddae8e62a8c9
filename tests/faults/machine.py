"""When and on what a run was made, in one sentence."""

import os
import platform
import subprocess
from datetime import UTC, datetime

from tests.processes.child import ROOT
from tests.processes.site import binary
from tests.redis_servers import running

GIBIBYTE = 1 << 30


def sentence() -> str:
    """Date, commit, cores, memory, Redis and Python of this run."""
    cores = len(os.sched_getaffinity(0))
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    memory = pages * size / GIBIBYTE
    return (
        f"On {datetime.now(UTC):%Y-%m-%d}, at {commit()}, with {cores} cores,"
        f" {memory:.0f} GiB, Redis {redis_version()} and"
        f" Python {platform.python_version()}."
    )


def commit() -> str:
    """The commit, and whether files differ from it."""
    command = ("git", "describe", "--always", "--dirty=, with changes", "--exclude=*")
    asked = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    return f"commit {asked.stdout.strip()}" if not asked.returncode else "no commit"


def redis_version() -> str:
    with running(binary("")) as server, server.client() as client:
        return str(client.info("server")["redis_version"])
