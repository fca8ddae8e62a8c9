"""The Celery app: its tasks, its steps, and the settings of this process."""

import os
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from celery import Celery
from celery.signals import celeryd_after_setup, celeryd_init

from workers.celery_app import (
    boot_steps,
    command_line,
    first_lines,
    foreign_variables,
    kombu_guard,
    plain_output,
    tasks,
)
from workers.celery_app.foreign_variables import Foreign
from workers.celery_app.open_files import open_files, raise_limit
from workers.celery_app.settings import CONCURRENCY, celery_settings
from workers.settings.settings import Settings, SettingsError, broker_of
from workers.telemetry.logs import on_setup_logging
from workers.wiring.partners import destinations_of
from workers.wiring.process import Process, process_of

log = structlog.get_logger()


class CurrentProcess:
    """This process's parts, built at their first use: after a fork, not before."""

    def __init__(self, app: Celery, environ: Mapping[str, str]) -> None:
        self._app = app
        self._environ = environ
        self._lock = threading.Lock()
        self._built: tuple[int, Process] | None = None

    def __call__(self) -> Process:
        """The parts; raises SettingsError when the settings have gaps."""
        built = self._built
        if built is not None and built[0] == os.getpid():
            return built[1]
        with self._lock:
            if self._built is None or self._built[0] != os.getpid():
                settings = Settings.load(self._environ)
                slots = self._app.conf.worker_concurrency or CONCURRENCY
                process = process_of(settings, self._app, slots)
                self._built = (os.getpid(), process)
            return self._built[1]


def make_app(environ: Mapping[str, str]) -> Celery:
    """The app for this environment.

    Only where hints travel is read here, so that Flower needs no partner's secrets;
    a worker reads all its settings before it connects to anything. Variables of other
    applications are taken out of the process's environment, which Celery reads itself.

    Raises:
        SystemExit: the broker's URL cannot be read, or an option of Celery's command
            line would take a setting's place; written to stderr.
    """
    if refused := command_line.refusal():
        raise _ended([refused])
    found = foreign_variables.foreign(environ)
    foreign_variables.put_away(os.environ)
    kombu_guard.install()
    command_line.install_pools()
    command_line.install_defaults()
    app = Celery("waybill", set_as_current=True)
    app.conf.update(_celery_settings(environ))
    process = CurrentProcess(app, environ)
    tasks.register(app, process)
    boot_steps.install(app, process)
    _check_settings_first(environ)
    _warn(found)
    return app


def _celery_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    try:
        return celery_settings(broker_of(environ))
    except ValueError:
        pass
    # A worker's log gets all that is wrong, Flower what concerns it.
    load = Settings.load if command_line.command() == "worker" else None
    try:
        return celery_settings((load or Settings.load_redis)(environ).broker_url)
    except SettingsError as error:
        raise _ended(error.problems) from None


def _check_settings_first(environ: Mapping[str, str]) -> None:
    """Have a worker report every gap in its settings before it connects."""

    def check(instance: Any, options: Mapping[str, Any], **_: object) -> None:
        try:
            settings = Settings.load(environ, starting=True)
        except SettingsError as error:
            raise _ended(error.problems) from None
        threads = command_line.threads(options) or CONCURRENCY
        on_setup_logging(settings.log_level, settings.log_format, first_lines.send_to)
        if settings.log_format == "json":
            plain_output.install(instance, threads)
        _check_open_files(settings, threads)

    celeryd_init.connect(check, weak=False, dispatch_uid="waybill.settings")


def _check_open_files(settings: Settings, threads: int) -> None:
    """Have as many as are wanted, if that is allowed; end with fewer than needed."""
    found = open_files(threads, sum(1 for _ in destinations_of(settings)))
    if found.too_few:
        raise _ended([found.message()], "this worker cannot work")
    raise_limit(found)
    if found.scarce:
        celeryd_after_setup.connect(
            lambda **_: log.warning("open_files_scarce", why=found.message()),
            weak=False,
            dispatch_uid="waybill.files",
        )


def _ended(
    problems: Sequence[str], what: str = "the settings are not complete"
) -> SystemExit:
    """Print what is wrong where logs are not set up yet; returns what to raise."""
    lines = "\n".join(f"  {problem}" for problem in problems)
    print(f"waybill: {what}:\n{lines}", file=sys.stderr)  # noqa: T201 (as above)
    return SystemExit(2)


def _warn(found: Foreign) -> None:
    """Name what is not ours: in a worker's log, or before another command's output."""
    notices = [
        (name, f"{name} is {what}")
        for names, what in (
            (found.ignored, foreign_variables.IGNORED),
            (found.hidden, f"{foreign_variables.HIDDEN}; {foreign_variables.UNHIDE}"),
        )
        for name in names
    ]

    def logged(**_: object) -> None:
        for name, what in notices:
            log.warning("foreign_variable", variable=name, what=what)

    celeryd_after_setup.connect(logged, weak=False, dispatch_uid="waybill.foreign")
    if command_line.command() != "worker":
        for _, what in notices:
            print(f"waybill: {what}", file=sys.stderr)  # noqa: T201 (no logs are set up)
