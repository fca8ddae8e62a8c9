"""What `celery -A workers …` was asked for on its command line."""

from collections.abc import Mapping
from typing import Any, Final

import click
from click.core import ParameterSource

#: Options that would take the place of a setting, by their name in Celery's command.
_TAKEN: Final = {
    "broker": "-b/--broker; where hints travel is said by WAYBILL_BROKER_URL",
    "result_backend": "--result-backend; there are no results",
    "loader": "--loader; the settings are read from WAYBILL_ variables",
    "config": "--config; the settings are read from WAYBILL_ variables",
}


def refusal() -> str:
    """Say which option was given that cannot be honoured, "" if none was.

    A worker whose hints travelled elsewhere would starve, and starve others. What came
    from a variable is no option: that is another application's, and only ignored.
    """
    context = click.get_current_context(silent=True)
    if context is None:
        return ""
    root = context.find_root()
    for name, what in _TAKEN.items():
        if root.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            return f"celery -A workers takes no option {what}"
    return ""


def threads(options: Mapping[str, Any]) -> int:
    """How many tasks a worker was asked to run at once, 0 where it was not.

    Args:
        options: what the worker's command was given; `autoscale` is "most,least".
    """
    most = str(options.get("autoscale") or "").partition(",")[0]
    return max(int(most or 0), int(options.get("concurrency") or 0))


def command() -> str:
    """The command of Celery's that loads the app, "" if none does."""
    context = click.get_current_context(silent=True)
    return (context and context.find_root().invoked_subcommand) or ""
