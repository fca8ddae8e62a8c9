"""Child processes of the demo: free ports, readiness, shutdown by process id."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

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

    def line_with(self, text: str) -> str | None:
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


def free_port() -> int:
    """One that was free just now; somebody else may be quicker to take it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


T = TypeVar("T")

_LOOK_SECONDS = 0.05
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class InterruptedDemoError(Exception):
    """The user asked the demo to end."""


class DemoError(Exception):
    """The demo cannot go on; the message states what happened and what to do."""


class Patience:
    """Waits; a signal ends a wait and nothing else.

    A signal only leaves a note, which each wait looks at: an exception out of a
    handler could hit between a process's start and the place that will end it.
    """

    def __init__(self) -> None:
        self._interrupted = False

    def interrupt(self) -> None:
        """End the wait that goes on, and all later ones."""
        self._interrupted = True

    def check(self) -> None:
        """Go on; raises InterruptedDemoError when the user asked for the end."""
        if self._interrupted:
            raise InterruptedDemoError

    def until(self, look: Callable[[], T | None], seconds: float) -> T | None:
        """Look until there is something, or None when the seconds are over.

        Raises:
            InterruptedDemoError: the user asked for the end.
        """
        ends = time.monotonic() + seconds
        while True:
            self.check()
            found = look()
            if found or time.monotonic() > ends:
                return found
            time.sleep(_LOOK_SECONDS)

    def pause(self, seconds: float) -> None:
        """Wait so long; raises InterruptedDemoError."""
        self.until(lambda: None, seconds)


@contextmanager
def patience() -> Iterator[Patience]:
    """Listen to Ctrl-C, SIGTERM and a closed terminal; main thread only."""
    waits = Patience()
    before = {
        number: signal.signal(number, lambda *_: waits.interrupt())
        for number in _SIGNALS
    }
    try:
        yield waits
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
