"""Child processes: started, listened to, measured, ended by their own id."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

#: Where children run, so that `benchmarks`, `sandbox` and `workers` are importable.
ROOT = Path(__file__).resolve().parent.parent
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
#: Places of a process's fields in /proc/PID/stat after the bracketed name.
PARENT, USER_TICKS, SYSTEM_TICKS, DEAD_USER_TICKS, DEAD_SYSTEM_TICKS = 1, 11, 12, 13, 14


class Child:
    """One process in a session of its own, with all it prints in a log file."""

    def __init__(
        self, command: Sequence[str], log: Path, environment: Mapping[str, str]
    ) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**inherited(), **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        _as_important_as_this(self._process.pid)

    @property
    def running(self) -> bool:
        # It is not reaped before `stop`: until then its id cannot be another's.
        look = os.WEXITED | os.WNOHANG | os.WNOWAIT
        reaped = self._process.returncode is not None
        return not reaped and os.waitid(os.P_PID, self._process.pid, look) is None

    def line_with(self, text: str, seconds: float) -> str:
        """Wait for a printed line that holds the text.

        Raises:
            RuntimeError: the process ended, or was silent for so many seconds.
        """
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and self.running:
            printed = self._log.read_text(errors="replace").splitlines(keepends=True)
            for line in printed:
                if text in line and line.endswith("\n"):
                    return line.strip()
            time.sleep(0.05)
        raise RuntimeError(f"nobody printed {text!r}; the log ends:\n{self.log_end()}")

    def log_end(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-20:])

    def cpu_seconds(self) -> float:
        """User and system time of the process and all its descendants so far."""
        return family_cpu_seconds(self._process.pid)

    def resident_bytes(self) -> int:
        """Memory of the process alone, as the kernel counts it."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """End the process and all its group at once, as a machine that goes does."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self, seconds: float = 15.0) -> None:
        """Ask the process to end, wait so long, then end all of its group."""
        if self._process.returncode is not None:
            return
        os.kill(self._process.pid, signal.SIGTERM)
        ends = time.monotonic() + seconds
        while self.running and time.monotonic() < ends:
            time.sleep(0.02)
        # What it started and left behind is in its group, whose id is its own.
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def family_cpu_seconds(pid: int) -> float:
    """User and system time of a process and all its descendants so far."""
    return sum(map(_cpu_seconds, [pid, *descendants(pid)]))


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    found, parents = [pid], _parents()
    for parent in found:
        found.extend(one for one, its in parents.items() if its == parent)
    return found[1:]


def inherited() -> dict[str, str]:
    """This process's environment without settings of the things measured."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("WAYBILL_", "TEXTBOOK_", "CELERY"))
    }


def weight_in(autogroup: str) -> int:
    """The nice value in the text of proc(5)'s autogroup: "/autogroup-25 nice -5".

    Some kernels have the file and nothing in it; all sessions weigh the same there.
    """
    found = re.search(r"nice (-?\d+)$", autogroup.strip())
    return int(found[1]) if found else 0


def _as_important_as_this(pid: int) -> None:
    """Give a session this one's weight: Linux begins each with one of its own.

    `nice` counts inside a session alone there, see sched(7), so that a whole benchmark
    is made more important than what else runs by its own session's weight.
    """
    try:
        own = weight_in(Path("/proc/self/autogroup").read_text())
        if own:
            Path(f"/proc/{pid}/autogroup").write_text(str(own))
    except OSError:
        # A kernel without such groups, or nobody who may: then all weigh the same.
        return


def _parents() -> dict[int, int]:
    pids = [int(each.name) for each in Path("/proc").glob("[0-9]*")]
    found = {pid: _stat(pid) for pid in pids}
    return {pid: int(stat[PARENT]) for pid, stat in found.items() if stat}


def _cpu_seconds(pid: int) -> float:
    """Of a process, and of those children that it has seen end."""
    stat = _stat(pid)
    if not stat:
        return 0.0
    dead = int(stat[DEAD_USER_TICKS]) + int(stat[DEAD_SYSTEM_TICKS])
    return _clock(pid, stat) + dead / TICKS_PER_SECOND


def _clock(pid: int, stat: list[str]) -> float:
    try:
        # Linux' clock of another process, see clock_getcpuclockid(3): nanoseconds,
        # where a worker that rests takes a tick of ten milliseconds in five seconds.
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:
        return (int(stat[USER_TICKS]) + int(stat[SYSTEM_TICKS])) / TICKS_PER_SECOND


def _stat(pid: int) -> list[str]:
    """The fields after the name, which may itself hold blanks and brackets."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()
