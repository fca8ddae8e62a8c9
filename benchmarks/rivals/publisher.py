"""The runner's side of a publisher: events in, numbers of accepted orders out."""

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from benchmarks.contenders import Command
from benchmarks.feed import placed, ticks
from benchmarks.processes import ROOT, inherited

#: Seconds until it must be ready, and until it must have ended.
PATIENCE = 30.0


class Publisher:
    """A process that publishes what it is given, and reports what was accepted.

    Attributes:
        sent: the `time.monotonic()` at which each order was handed to it.
    """

    def __init__(
        self, command: Command, log: Path, environment: Mapping[str, str]
    ) -> None:
        self.sent: dict[str, float] = {}
        self._log = log
        self._accepted: set[str] = set()
        self._ready = threading.Event()
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**inherited(), **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        self._input, self._output = _pipes(self._process)
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        if not self._ready.wait(PATIENCE):
            raise RuntimeError(f"the publisher is not ready:\n{log.read_text()}")

    @property
    def pid(self) -> int:
        return self._process.pid

    def check_running(self) -> None:
        """Find that it has not ended.

        Raises:
            RuntimeError: it has.
        """
        if self._process.poll() is not None:
            raise RuntimeError(f"the publisher ended:\n{self._log.read_text()}")

    @property
    def accepted(self) -> frozenset[str]:
        """The orders whose events the system has promised to keep."""
        return frozenset(self._accepted)

    def burst(self, orders: Sequence[str]) -> None:
        """All events as fast as the publisher reads them."""
        for order in orders:
            self._send(order)

    def steady(self, orders: Sequence[str], per_second: float) -> None:
        """One event after another, whatever becomes of the ones before."""
        for order, _ in zip(orders, ticks(per_second), strict=False):
            self._send(order)

    def stop(self) -> None:
        """End it, once it has published what it was given."""
        try:
            self._input.close()
            self._process.wait(PATIENCE)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        self._reading.join(PATIENCE)
        self._output.close()

    def _send(self, order: str) -> None:
        event = placed(order)
        self.sent[order] = time.monotonic()
        self._input.write(event + b"\n")
        self._input.flush()

    def _read(self) -> None:
        for line in self._output:
            if line.strip() == b"ready":
                self._ready.set()
            else:
                self._accepted.add(line.decode().strip())


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the publisher was started without pipes")
    return process.stdin, process.stdout
