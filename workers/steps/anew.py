"""Start of a worker anew: it stops warm, then its own command runs in its place.

Celery does the same on SIGHUP. The process keeps its id, so that whoever has started it
sees nothing; what it had open ends with the program that had it.
"""

import atexit
import os
import signal
import sys
from typing import Any

import structlog
from celery.platforms import EX_FAILURE, EX_OK
from celery.signals import worker_shutting_down
from celery.worker import state

log = structlog.get_logger()

PARTITIONS = "WAYBILL_PARTITIONS"


class Anew:
    """Has this worker begin anew, once."""

    def __init__(self) -> None:
        self._partitions = 0
        self._is_to_end = False

    def begin(self, worker: str, partitions: int) -> None:
        """Stop as on SIGTERM; at the end of it the command runs for so many partitions.

        Args:
            worker: its name.
            partitions: of the ledger now.
        """
        stops = state.should_stop is not None or state.should_terminate is not None
        if self._partitions or stops:
            return
        self._partitions = partitions
        # The first that runs: nothing that is registered already has to.
        atexit.register(self._run)
        worker_shutting_down.send(sender=worker, sig="", how="Warm", exitcode=EX_OK)
        # Whoever sends a signal from now on wants it to end.
        worker_shutting_down.connect(self._ended)
        # As the handler of SIGTERM does; Celery looks at it between two messages.
        setattr(state, "should_stop", EX_OK)  # noqa: B010 (its type is None to mypy)

    def _ended(self, **_: Any) -> None:
        self._is_to_end = True

    def _run(self) -> None:
        # What arrives after the look ends the process, as it would end the next one.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if self._is_to_end:
            return
        os.environ[PARTITIONS] = str(self._partitions)
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 (its own command)
        except OSError as error:
            log.critical("not_begun_anew", why=error.strerror)
            os._exit(EX_FAILURE)
