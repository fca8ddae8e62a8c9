"""Which of Celery's pools a worker runs on, and what is said of the others.

Celery takes `-P prefork` for its own default, so that a worker whose settings name
another pool would run on that one without a word.
"""

from typing import Any, Final

import click
from celery.bin.worker import worker
from click.core import ParameterSource

#: What a worker runs on: threads, or one task at a time in the worker's own loop.
SUPPORTED: Final = ("threads", "solo")

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


def install() -> None:
    """Have `celery worker` refuse the other pools; installing twice is harmless."""
    for option in worker.params:
        known = option.type
        if option.name == "pool" and not isinstance(known, Pools):
            option.type = Pools(known)


def _is_asked(param: click.Parameter | None, ctx: click.Context | None) -> bool:
    """Whether somebody named it, and it is not Celery's own default."""
    if param is None or ctx is None or param.name is None:
        return True
    return ctx.get_parameter_source(param.name) is not ParameterSource.DEFAULT
