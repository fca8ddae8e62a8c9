"""Python processes that start with their modules read already.

Most of a short process's work is to import Celery, and tests start hundreds. They are
forked from one that has read what is imported and done nothing with it: the settings,
the app and every connection are each process's own, since nothing happens at import.
"""

import atexit
import gc
import os
import runpy
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from multiprocessing import current_process, get_context
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Final

#: What the processes of the tests import: a worker, a command, the stand-ins. Of
#: Celery's command line all but the program itself, which loads plugins when it is
#: imported; ours reads the variables then, Flower's is only slow.
MODULES: Final = (
    "billiard.pool",
    "celery.app.amqp",
    "celery.app.control",
    "celery.app.events",
    "celery.app.log",
    "celery.apps.worker",
    "celery.bin.amqp",
    "celery.bin.beat",
    "celery.bin.call",
    "celery.bin.control",
    "celery.bin.events",
    "celery.bin.graph",
    "celery.bin.list",
    "celery.bin.logtool",
    "celery.bin.migrate",
    "celery.bin.multi",
    "celery.bin.purge",
    "celery.bin.result",
    "celery.bin.shell",
    "celery.bin.upgrade",
    "celery.bin.worker",
    "celery.concurrency.thread",
    "celery.fixups.django",
    "celery.worker.autoscale",
    "celery.worker.components",
    "celery.worker.consumer",
    "celery.worker.strategy",
    "click_didyoumean",
    "click_plugins",
    "click_repl",
    "encodings.utf_8_sig",
    "flower.command",
    "kombu.pidbox",
    "kombu.transport.redis",
    "pydantic.type_adapter",
    "rich._emoji_codes",
    "sandbox.server",
    "tasks.execution.link",
    "tasks.execution.notify",
    "tasks.polling.poll",
    "waybill.audit.command",
    "waybill.dead_letters.command",
    "waybill.doctor.command",
    "waybill.drift.command",
    "waybill.endpoints.command",
    "waybill.explain.command",
    "waybill.main",
    "waybill.orders.command",
    "waybill.publish.command",
    "waybill.reconcile.command",
    "waybill.results.command",
    "waybill.status.command",
    "workers.celery_app.app",
    "workers.partners.deck.calls",
    "workers.partners.ingram.calls",
    "workers.partners.ingram.start_checks",
    "workers.partners.westcon.calls",
)

#: The command as it is installed.
WAYBILL: Final = str(Path(sys.executable).with_name("waybill"))

#: Variables that Python, the loader or coverage reads when a program begins.
AT_THE_BEGINNING: Final = ("PYTHON", "LD_", "COVERAGE_")


def can_be_forked(command: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Whether it is this Python with `-m` or `-c`, or the command `waybill`.

    It must begin as this process did.
    """
    is_python = command[0] == sys.executable and command[1] in {"-m", "-c"}
    is_ours = is_python or command[0] == WAYBILL
    theirs, ours = map(_at_the_beginning, (environment, os.environ))
    is_measured = any(name.startswith("COVERAGE_") for name in theirs)
    return is_ours and theirs == ours and not is_measured


def _at_the_beginning(environment: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in environment.items() if k.startswith(AT_THE_BEGINNING)}


class Forked:
    """One such process, with what `subprocess.Popen` has of the same names."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        log: Path,
    ) -> None:
        forks = get_context("forkserver")
        forks.set_forkserver_preload([__name__, *MODULES])
        self._process = forks.Process(
            target=_run,
            args=(tuple(command), str(folder), dict(environment), str(log)),
        )
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, seconds: float | None = None) -> int:
        """Its exit code; raises subprocess.TimeoutExpired when it lives on."""
        self._process.join(seconds)
        code = self.poll()
        if code is None:
            raise TimeoutExpired("a forked process", seconds or 0)
        return code


def _run(
    command: tuple[str, ...], folder: str, environment: dict[str, str], log: str
) -> None:
    """Be the process that the command would be."""
    # What was read before belongs to all of them: nothing of it is ever garbage.
    gc.freeze()
    os.setsid()
    # A shell has what it starts in the background ignore Ctrl-C, tests and all.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    current_process().name = "MainProcess"
    _redirect(log)
    sys.orig_argv[:] = command
    try:
        _run_program(command, folder)
    finally:
        # As at the end of any other process: multiprocessing leaves them out.
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()


def _run_program(command: tuple[str, ...], folder: str) -> None:
    if command[0] == WAYBILL:
        sys.argv[:] = command
        runpy.run_path(WAYBILL, run_name="__main__")
        return
    how, what, *sys.argv[1:] = command[1:]
    sys.path.insert(0, folder)
    if how == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        sys.argv[0] = how
        exec(what, {"__name__": "__main__"})  # noqa: S102 (what `python -c` does)


def _redirect(log: str) -> None:
    """Have the log for output and nothing for input."""
    output = os.open(log, os.O_WRONLY | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for one, place in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(one, place)
    os.close(nothing)
    os.close(output)
