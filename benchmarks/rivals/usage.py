"""What a rival takes of the machine, and how loud the rest of it is."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import TICKS_PER_SECOND, descendants, family_cpu_seconds

CORES = len(os.sched_getaffinity(0))
#: Places of the idle times in the first line of /proc/stat.
IDLE, IO_WAIT = 3, 4
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU of one measurement and memory at its end.

    Attributes:
        processes: CPU seconds of all the rival's processes, without its publisher.
        store: CPU seconds of its store's.
        processes_mib: their memory, pages that several share counted once.
        store_mib: the same of the store's.
        others: how busy the machine was with what is no part of this run, as a
            share of its cores.
    """

    processes: float
    store: float
    processes_mib: float
    store_mib: float
    others: float


class Meter:
    """Measures from its making to `read`.

    Args:
        processes: ids of the rival's processes.
        store: the id of its store's.
    """

    def __init__(self, processes: Iterable[int], store: int) -> None:
        self._processes = tuple(processes)
        self._store = store
        self._before = self._cpu()
        self._began = time.monotonic()

    def read(self) -> Usage:
        """Usage since the making; what is measured must still be running."""
        seconds = time.monotonic() - self._began
        after = self._cpu()
        spent = [now - then for now, then in zip(after, self._before, strict=True)]
        processes, store, run, machine = spent
        return Usage(
            processes=processes,
            store=store,
            processes_mib=sum(map(family_mib, self._processes)),
            store_mib=family_mib(self._store),
            others=max(0.0, machine - run) / (CORES * seconds),
        )

    def _cpu(self) -> tuple[float, float, float, float]:
        return (
            sum(map(family_cpu_seconds, self._processes)),
            family_cpu_seconds(self._store),
            family_cpu_seconds(os.getpid()),
            _machine_cpu_seconds(),
        )


def family_mib(pid: int) -> float:
    """Memory of a process and its descendants; what they share is counted once."""
    found = (pid, *descendants(pid))
    return sum(map(_proportional_bytes, found)) / MIB


def _proportional_bytes(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = (line for line in text.splitlines() if line.startswith("Pss:"))
    return sum(int(line.split()[1]) for line in found) * 1_024


def _machine_cpu_seconds() -> float:
    """All that all cores have done since the start of the machine."""
    first = Path("/proc/stat").read_text().partition("\n")[0]
    ticks = [int(field) for field in first.split()[1:9]]
    return (sum(ticks) - ticks[IDLE] - ticks[IO_WAIT]) / TICKS_PER_SECOND
