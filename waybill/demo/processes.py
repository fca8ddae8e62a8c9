"""One process of the demo: started, listened to, ended by its own id."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

#: How long a worker may take to finish what is in flight.
STOP_SECONDS = 15.0


class Child:
    """A process in a session of its own; all it prints goes to `<name>.log`.

    A Ctrl-C at the terminal does not reach it: the demo ends it in good order.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        folder: Path,
        environment: Mapping[str, str],
    ) -> None:
        self.name = name
        self._log = folder / f"{name}.log"
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 (our own programs, no shell)
                command,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def said(self, text: str) -> str | None:
        """The first whole line that holds the text, None before there is one."""
        for line in self._printed().splitlines(keepends=True):
            if text in line and line.endswith("\n"):
                return line.strip()
        return None

    def log_end(self) -> str:
        """The last twenty lines it printed."""
        return "\n".join(self._printed().splitlines()[-20:])

    def ask_to_stop(self) -> None:
        if self.running:
            self._process.send_signal(signal.SIGTERM)

    def wait_or_kill(self, until: float) -> None:
        """Wait for its end until that `time.monotonic()`, then end its group."""
        try:
            self._process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            # Not reaped yet, so that the group is surely still this child's.
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _printed(self) -> str:
        return self._log.read_text(errors="replace")


def stop(children: Sequence[Child], seconds: float = STOP_SECONDS) -> None:
    """End these together; what is not gone after so many seconds is killed."""
    for child in children:
        child.ask_to_stop()
    until = time.monotonic() + seconds
    for child in children:
        child.wait_or_kill(until)
