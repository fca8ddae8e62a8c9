"""Children are measured whole and never outlive their measurement."""

import sys
import time
from pathlib import Path

import pytest

from benchmarks.processes import Child, weight_in

#: Burns CPU time in a child of its own, which prints its id and waits.
BUSY_FAMILY = """
import subprocess, sys
burn = '''
import os, time
while time.process_time() < 0.4: pass
print("burnt", os.getpid(), flush=True)
time.sleep(60)
'''
subprocess.run([sys.executable, "-c", burn])
"""
#: Does not end when it is asked to.
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""


def started(program: str, folder: Path) -> Child:
    return Child([sys.executable, "-c", program], folder / "log", {})


def test_the_cpu_time_of_a_child_counts_its_own_children(tmp_path: Path) -> None:
    child = started(BUSY_FAMILY, tmp_path)
    try:
        child.line_with("burnt", seconds=30.0)

        spent = child.cpu_seconds()
    finally:
        child.stop(seconds=0.0)

    assert spent >= 0.3


def test_a_child_that_ignores_sigterm_is_ended_all_the_same(tmp_path: Path) -> None:
    child = started(STUBBORN, tmp_path)
    child.line_with("deaf", seconds=30.0)

    child.stop(seconds=0.1)

    assert not child.running


def test_a_child_that_ends_early_is_reported_with_what_it_printed(
    tmp_path: Path,
) -> None:
    child = started("raise SystemExit('no such setting')", tmp_path)

    with pytest.raises(RuntimeError, match="no such setting"):
        child.line_with("ready", seconds=30.0)

    child.stop()


def test_what_a_stopped_child_had_started_is_ended_too(tmp_path: Path) -> None:
    child = started(BUSY_FAMILY, tmp_path)
    grandchild = int(child.line_with("burnt", seconds=30.0).split()[1])

    child.stop(seconds=5.0)

    ends = time.monotonic() + 10.0
    while lives(grandchild) and time.monotonic() < ends:
        time.sleep(0.01)
    assert not lives(grandchild)


def lives(pid: int) -> bool:
    """Whether a process runs; one that nobody has reaped yet does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize(
    ("autogroup", "weight"),
    [
        ("/autogroup-25 nice -5\n", -5),
        ("/autogroup-1 nice 19\n", 19),
        ("", 0),
        ("\n", 0),
    ],
)
def test_the_weight_of_a_session_is_read_where_the_kernel_tells_one(
    autogroup: str, weight: int
) -> None:
    assert weight_in(autogroup) == weight
