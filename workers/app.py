"""The Celery app: its tasks, its steps, and the settings of this process."""

import os
import sys
import threading
from collections.abc import Mapping

from celery import Celery
from celery.signals import celeryd_init

from workers import boot_steps, celery_tasks, kombu_guard
from workers.celery_settings import CONCURRENCY, celery_settings
from workers.logs import on_setup_logging
from workers.settings import Settings, SettingsError, broker_of
from workers.wiring import Process, process_of


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
    a worker reads all its settings before it connects to anything.
    """
    kombu_guard.install()
    app = Celery("waybill", set_as_current=True)
    app.conf.update(celery_settings(broker_of(environ)))
    process = CurrentProcess(app, environ)
    celery_tasks.register(app, process)
    boot_steps.install(app, process)
    _check_settings_first(environ)
    return app


def _check_settings_first(environ: Mapping[str, str]) -> None:
    """Have a worker report every gap in its settings before it connects."""

    def check(**_: object) -> None:
        try:
            settings = Settings.load(environ)
        except SettingsError as error:
            lines = "\n".join(f"  {problem}" for problem in error.problems)
            print(f"waybill: the settings are not complete:\n{lines}", file=sys.stderr)  # noqa: T201 (logs are not set up yet)
            raise SystemExit(2) from None
        on_setup_logging(settings.log_level, settings.log_format)

    celeryd_init.connect(check, weak=False, dispatch_uid="waybill.settings")
