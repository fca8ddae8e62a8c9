"""Plugin of Celery's command line, for variables that are read before the app.

`celery` loads its plugins before it reads its options, and of those every one from a
variable: `CELERY_VERSION=5.3`, which images of other applications set, ends it with
"not a valid boolean", and `CELERY_WORKDIR` has it look for `workers` elsewhere. What is
read later is put away by the app itself (`foreign_variables.py`).
"""

import os
import sys
from collections.abc import MutableMapping, Sequence
from typing import Final

import click

from workers.celery_app import first_lines

APP: Final = "workers"
#: Of options that stand before the command; `APP` itself is on the command line.
_READ_FIRST: Final = (
    "CELERY_NO_COLOR",
    "CELERY_QUIET",
    "CELERY_SKIP_CHECKS",
    "CELERY_VERSION",
    "CELERY_WORKDIR",
    "SKIP_CHECKS",
)
#: Any text in it means yes to everybody else, but click wants a boolean.
_NO_COLOR: Final = "NO_COLOR"
#: What is read before the settings: imports may have warnings.
_LOG_FORMAT: Final = "WAYBILL_LOG_FORMAT"


def clear(arguments: Sequence[str], environ: MutableMapping[str, str]) -> None:
    """Take those variables out of the environment, if our app is asked for."""
    if not _asks_for_us(arguments):
        return
    for name in _READ_FIRST:
        environ.pop(name, None)
    if environ.get(_NO_COLOR):
        environ[_NO_COLOR] = "1"
    if "worker" in arguments and environ.get(_LOG_FORMAT, "json").lower() == "json":
        first_lines.take_warnings()


def _asks_for_us(arguments: Sequence[str]) -> bool:
    following = [*arguments[1:], ""]
    for argument, value in zip(arguments, following, strict=True):
        app = value if argument in {"-A", "--app"} else ""
        for option in ("--app=", "-A"):
            if argument.startswith(option):
                app = app or argument.removeprefix(option)
        if app.replace(":", ".").split(".")[0] == APP:
            return True
    return False


@click.command("waybill-variables", hidden=True)
def nothing() -> None:
    """Do nothing: being loaded is all that this is for."""


def __getattr__(name: str) -> click.Command:
    """Be loaded as a plugin; an import alone changes nothing."""
    if name != "plugin":
        raise AttributeError(name)
    clear(sys.argv, os.environ)
    return nothing
