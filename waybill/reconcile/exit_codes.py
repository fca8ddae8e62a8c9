"""Exit codes of `waybill reconcile`."""

import click

from waybill.console import amount
from workers.ledger.layout.layout import Layout

#: Nothing was found, something was; 2 is for what could not run.
COULD_NOT = 2


class CouldNotError(click.ClickException):
    """It could not run, which is neither."""

    exit_code = COULD_NOT


def check_settled(layout: Layout) -> None:
    """Refuse while orders are on their way from one partition into another.

    Raises:
        CouldNotError: they are.
    """
    if layout.is_moving:
        where = amount(layout.goal, "partition")
        raise CouldNotError(
            f"the ledger is on its way into {where}; end that first:"
            f" waybill partitions apply {layout.goal}"
        )
