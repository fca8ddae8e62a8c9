"""Exit codes of `waybill reconcile`."""

import click

#: Nothing was found, something was; 2 is for what could not run.
COULD_NOT = 2


class CouldNotError(click.ClickException):
    """It could not run, which is neither."""

    exit_code = COULD_NOT
