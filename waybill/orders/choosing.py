"""Options that choose orders: `--open` or `--finished`, and a status that there is."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from waybill.connect import Opened
from waybill.console import plain
from workers.fields.names import nearest
from workers.wiring.partners import plan_rules_of


def state_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Two options that exclude each other, which a command takes as `state`."""

    @wraps(command)
    def choosing(*args: Any, is_open: bool, is_finished: bool, **more: Any) -> Any:
        if is_open and is_finished:
            raise click.UsageError(
                "--open and --finished exclude each other: no order is both; without"
                " either all are meant"
            )
        state = "open" * is_open or "finished" * is_finished
        return command(*args, state=state, **more)

    wrapped: Callable[..., Any] = choosing
    for name, where, text in (
        ("--finished", "is_finished", "Those that ended."),
        ("--open", "is_open", "Those that go on."),
    ):
        wrapped = click.option(name, where, is_flag=True, help=text)(wrapped)
    return wrapped


def check_stage(ledger: Opened, wanted: str) -> None:
    """Refuse a status in which no order was found and which nobody knows.

    One that Westcon has begun to use is in no table, and finds its orders.

    Raises:
        click.BadParameter: with those that there are.
    """
    known = plan_rules_of(ledger.settings).statuses
    if wanted.upper() in known:
        return
    near = nearest(wanted, known)
    meant = f"did you mean {near}? There are" if near else "there are"
    listed = ", ".join(sorted(known))
    what = f"no status is called {plain(wanted)!r}, and no order was found in it"
    raise click.BadParameter(f"{what}; {meant}: {listed}", param_hint="--stage")
