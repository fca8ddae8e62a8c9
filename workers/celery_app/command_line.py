"""Options of Celery's command line: pool and threads; refuses what cannot be honoured.

Celery takes `-P prefork` for its own default, so that a worker whose settings name
another pool would run on that one without a word.
"""

from collections.abc import Mapping
from typing import Any, Final

import click
from celery.bin.worker import worker
from click.core import ParameterSource

#: Options that would take the place of a setting, by their name in Celery's command.
_TAKEN: Final = {
    "broker": "-b/--broker; WAYBILL_BROKER_URL alone sets where hints travel",
    "result_backend": "--result-backend; there are no results",
    "loader": "--loader; the settings are read from WAYBILL_ variables",
    "config": "--config; the settings are read from WAYBILL_ variables",
}


def refusal() -> str:
    """Name which option was given that cannot be honoured, "" if none was.

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


#: What a worker runs on: threads, or one task at a time in the worker's own loop.
SUPPORTED: Final = ("threads", "solo")

#: Seconds between two heartbeats for Flower, which takes a worker for gone after two.
HEARTBEAT_SECONDS: Final = 4

_REFUSED: Final = (
    "Waybill runs on -P threads (the default) or -P solo, not on {}: its leases, limits"
    " and /metrics belong to one process, so start more workers (-n NAME@%h) instead of"
    " more children"
)


class Pools(click.Choice[str]):
    """Celery's own choice of a pool, with those refused that are not supported.

    Args:
        known: Celery's parameter type.
    """

    name = "pool"

    def __init__(self, known: "click.ParamType[Any, Any]") -> None:
        super().__init__(SUPPORTED)
        self._known = known

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Give the pool's class; a usage error for one that was asked for in vain."""
        if isinstance(value, str) and value not in SUPPORTED and _is_asked(param, ctx):
            self.fail(_REFUSED.format(value), param, ctx)
        return self._known.convert(value, param, ctx)


def install_pools() -> None:
    """Have `celery worker` refuse the other pools; installing twice is harmless."""
    for option in worker.params:
        known = option.type
        if option.name == "pool" and not isinstance(known, Pools):
            option.type = Pools(known)


def install_defaults() -> None:
    """Have `celery worker` leave out what serves nobody; twice is harmless.

    Workers that listen to each other's heartbeats (gossip) and ask each other at the
    start (mingle) find nothing that the ledger has not, at the cost of each for each.
    """
    for option in worker.params:
        if option.name in {"without_gossip", "without_mingle"}:
            option.default = True
        elif option.name == "heartbeat_interval":
            option.default = HEARTBEAT_SECONDS


def _is_asked(param: click.Parameter | None, ctx: click.Context | None) -> bool:
    """Whether somebody named it, and it is not Celery's own default."""
    if param is None or ctx is None or param.name is None:
        return True
    return ctx.get_parameter_source(param.name) is not ParameterSource.DEFAULT
