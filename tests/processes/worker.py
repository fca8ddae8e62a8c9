"""One Celery worker of the product as a process."""

import re
import sys

from tests.processes.child import Child
from tests.processes.waiting import until


def celery(app: str) -> tuple[str, ...]:
    """The command that speaks to an app, as an operator would type it."""
    return (sys.executable, "-m", "celery", "-A", app)


class Worker(Child):
    """One Celery worker of the product."""

    def started(self) -> "Worker":
        """Wait until it consumes."""
        until("a worker is ready", lambda: self._consumes or not self.running)
        assert self.running, "the worker ended at its start"
        return self

    @property
    def _consumes(self) -> bool:
        return " ready." in self.output()

    @property
    def health_port(self) -> int:
        return until("it reports its health port", lambda: _port(self.output()))


def _port(output: str) -> int:
    found = re.search(r'"port": ?(\d+)', output)
    return int(found[1]) if found else 0
