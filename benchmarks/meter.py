"""What a stretch of time cost: CPU of all processes, Redis' commands, its AOF."""

import os
import time
from dataclasses import astuple, dataclass
from pathlib import Path

from benchmarks.processes import TICKS_PER_SECOND, family_cpu_seconds
from benchmarks.stage import Stage

#: Fields of the first line of /proc/stat in which no core did anything.
IDLE, WAITING = 3, 4
SCRIPTS = ("evalsha", "eval", "evalsha_ro", "fcall")


@dataclass(frozen=True, slots=True)
class Spent:
    """Counters since some start, or what they grew by.

    Attributes:
        seconds: of the wall clock.
        worker: CPU seconds of the workers; `feeder`, `redis` those of the others.
        machine: CPU seconds of everything on this machine.
        ours: of them, this process's and all that it started.
        commands: that Redis ran, those inside scripts too; `scripts` of them.
        aof: bytes of the append-only file.
        memory: bytes that Redis uses.
    """

    seconds: float
    worker: float
    feeder: float
    redis: float
    machine: float
    ours: float
    commands: int
    scripts: int
    aof: int
    memory: int

    def since(self, before: "Spent") -> "Spent":
        pairs = zip(astuple(self), astuple(before), strict=True)
        return Spent(*(now - then for now, then in pairs))

    @property
    def others(self) -> float:
        """Cores that processes of others used, on average."""
        return max(0.0, self.machine - self.ours) / self.seconds


def spent(on: Stage) -> Spent:
    """Read all counters."""
    info = on.stream.info("everything")
    ran = {
        name.removeprefix("cmdstat_"): int(each["calls"])
        for name, each in info.items()
        if name.startswith("cmdstat_")
    }
    return Spent(
        seconds=time.monotonic(),
        worker=on.worker_cpu_seconds(),
        feeder=on.feeder_cpu_seconds(),
        redis=float(info["used_cpu_user"]) + float(info["used_cpu_sys"]),
        machine=_machine_cpu_seconds(),
        ours=family_cpu_seconds(os.getpid()),
        commands=sum(ran.values()),
        scripts=sum(ran.get(name, 0) for name in SCRIPTS),
        aof=int(info["aof_current_size"]),
        memory=int(info["used_memory"]),
    )


def _machine_cpu_seconds() -> float:
    line = Path("/proc/stat").read_text().splitlines()[0]
    # Guests' time is counted among the users' already.
    ticks = [int(each) for each in line.split()[1:9]]
    busy = sum(ticks) - ticks[IDLE] - ticks[WAITING]
    return busy / TICKS_PER_SECOND
