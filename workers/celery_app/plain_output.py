"""What Celery and Python print past the log, as lines of the log.

Where the log is JSON each line of standard output and error is one object, from the
first on; where it is text, Celery's banner is for eyes, and stays.
"""

import sys
import threading
from types import TracebackType
from typing import Any

import structlog
from celery.apps import worker as program
from celery.signals import celeryd_after_setup

from workers.celery_app import first_lines
from workers.telemetry.masking import raised_at

log = structlog.get_logger()


def install(instance: Any, threads: int) -> None:
    """Have a worker print nothing but lines of its log.

    Args:
        instance: Celery's worker, before it begins.
        threads: that it runs tasks on.
    """
    instance.quiet = True
    # Celery offers no other place.
    vars(program)["safe_say"] = at_once
    sys.excepthook = uncaught
    threading.excepthook = _uncaught_by_thread

    def begun(sender: str, instance: Any, **_: object) -> None:
        queues = sorted(instance.app.amqp.queues.consume_from)
        pool = instance.pool_cls.__module__.rpartition(".")[2]
        facts = {"queues": queues, "pool": pool, "threads": threads}
        log.info("worker_starts", name=sender, **facts)

    celeryd_after_setup.connect(begun, weak=False, dispatch_uid="waybill.banner")


def at_once(msg: str, f: object = None) -> None:  # noqa: ARG001 (Celery's signature)
    """Write what a signal handler of Celery's reports; it must wait for no lock."""
    first_lines.write(msg, program.__name__, "info")


def uncaught(
    kind: type[BaseException],
    error: BaseException,
    _traceback: TracebackType | None,
    thread: str = "MainThread",
) -> None:
    """Log what ended a thread, by class and place: its text may hold anything."""
    if not issubclass(kind, KeyboardInterrupt):
        where = raised_at(error)
        log.critical("uncaught", error=kind.__name__, thread=thread, at_line=where)


def _uncaught_by_thread(args: threading.ExceptHookArgs) -> None:
    name = args.thread.name if args.thread is not None else ""
    if args.exc_value is not None:
        uncaught(args.exc_type, args.exc_value, args.exc_traceback, name)
