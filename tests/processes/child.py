"""A child process with all it prints in a log file, ended by its own id."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.processes.forked import Forked, can_be_forked

#: Where children run, so that the project's packages are importable.
ROOT = Path(__file__).resolve().parents[2]


def inherited() -> dict[str, str]:
    """This process's environment without settings of the things under test."""
    foreign = ("WAYBILL_", "CELERY", "FLOWER_")
    return {k: v for k, v in os.environ.items() if not k.startswith(foreign)}


def _started(
    command: Sequence[str], log: Path, environment: Mapping[str, str]
) -> "subprocess.Popen[bytes] | Forked":
    with log.open("wb") as output:
        if can_be_forked(command, environment):
            return Forked(command, ROOT, environment, log)
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


class Child:
    """One process in a session of its own."""

    def __init__(
        self, command: Sequence[str], log: Path, environment: Mapping[str, str]
    ) -> None:
        self._log = log
        self._process = _started(command, log, {**inherited(), **environment})

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def output(self) -> str:
        """Everything it has printed so far."""
        return self._log.read_text(errors="replace")

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def exit_code(self, seconds: float = 60.0) -> int:
        """Wait for its end; raises subprocess.TimeoutExpired when it lives on."""
        return self._process.wait(seconds)

    def end(self) -> None:
        """End it for good, frozen or not."""
        if self.running:
            self.kill()
