"""`waybill partitions`: shows them, plans, applies and verifies another number."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from waybill.acting import Whose, act_options, actor_of
from waybill.connect import Opened, lasting_client, opened
from waybill.console import example, plain, print_json, print_table
from waybill.finite import RATES
from waybill.partitions import view
from waybill.partitions.shown import Shown
from waybill.progress import Progress
from waybill.status.reasons import apply_command
from workers.ledger.identity.metadata import missing
from workers.ledger.layout.parcels import OutrunError, Parcels
from workers.ledger.repartition.checks import Checks
from workers.ledger.repartition.estimate import estimate
from workers.ledger.repartition.followers import OlderReleaseError
from workers.ledger.repartition.passage import LeftError
from workers.ledger.repartition.repartition import (
    MOST,
    Done,
    Repartition,
    UnderWayError,
    mover,
)

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print only JSON.")
GOAL = click.argument("n", type=click.IntRange(1, MOST))


@click.group(
    invoke_without_command=True,
    epilog=example("waybill partitions", "waybill partitions plan 8"),
)
@AS_JSON
@click.pass_context
def partitions(ctx: click.Context, /, *, as_json: bool) -> None:
    """Show the ledger's partitions; move its orders into another number of them.

    Workers go on meanwhile.
    """
    if ctx.invoked_subcommand is not None:
        return
    with opened(ctx.obj) as ledger:
        layout, who = ledger.layout, mover(ledger.client)
    if as_json:
        print_json(view.document(layout, who))
        return
    for line in view.layout_lines(layout, who):
        click.echo(plain(line))


@partitions.command(epilog=example("waybill partitions plan 8"))
@GOAL
@AS_JSON
@click.pass_obj
def plan(environ: Mapping[str, str], /, n: int, *, as_json: bool) -> None:
    """Show what would move into N partitions, and how long that would take.

    Looks at every order once. Nothing is changed.
    """
    progress = Progress()
    with opened(environ, client_of=lasting_client) as ledger:
        _check_begun(ledger)
        layout = ledger.layout
        found = estimate(
            ledger.client, n, lambda orders: progress.count("orders looked at", orders)
        )
    rows = list(view.plan_rows(found))
    if as_json:
        moving = [
            {"from": former, "to": home, "orders": count}
            for (former, home), count in sorted(found.moving.items())
        ]
        print_json(
            {
                "goal": n,
                "orders": found.orders,
                "moving": moving,
                "deliveries": found.deliveries,
                "bytes": found.size,
                "seconds": round(found.seconds, 1),
            }
        )
        return
    if rows:
        print_table(("from", "to", "orders"), rows, ("from", "to", "orders"))
    for line in view.plan_lines(layout, n, found):
        click.echo(line)


@partitions.command(
    epilog=example(
        'waybill partitions apply 8 --reason "more events than one can take"',
        "waybill partitions apply 8 --rate 200",
    )
)
@GOAL
@click.option(
    "--rate",
    type=RATES,
    help="Orders a second at most; not given: one after the other.",
)
@act_options
@AS_JSON
@click.pass_obj
def apply(
    environ: Mapping[str, str],
    /,
    n: int,
    *,
    rate: float | None,
    whose: Whose,
    as_json: bool,
) -> None:
    """Move the ledger's orders into N partitions, while workers run.

    An order moves with all it has, in one step. Wherever this is stopped, the same
    command goes on. Where there are N already, orders that lie elsewhere are moved.
    Exit code 1 where some cannot be moved.
    """
    shown = Shown(Progress())
    with opened(environ, to_change=True, client_of=lasting_client) as ledger:
        _check_begun(ledger)
        with _explained(n):
            done = _repartition(ledger, whose, shown, rate or 0.0).apply(n)
    _print_done(done, as_json=as_json)


@partitions.command(epilog=example("waybill partitions verify"))
@AS_JSON
@click.pass_obj
def verify(environ: Mapping[str, str], /, *, as_json: bool) -> None:
    """Check that all of every order lies where the layout has it.

    And that lists name what is there, and that what has not ended is in its list. Looks
    at every key once, while workers run. Exit code 1 where something is wrong.
    """
    progress = Progress()
    with opened(environ, client_of=lasting_client) as ledger:
        layout = ledger.layout

        def report(orders: int) -> None:
            progress.count("orders looked at", orders)

        checked = Checks(ledger.client, layout, report).all()
    if as_json:
        print_json(
            {
                "orders": view.by_partition(checked.orders),
                "deliveries": view.by_partition(checked.deliveries),
                "wrong": {str(kind): count for kind, count in checked.wrong.items()},
                "examples": {str(kind): ex for kind, ex in checked.examples.items()},
            }
        )
    else:
        columns = ("partition", "orders", "deliveries")
        print_table(columns, view.count_rows(checked), columns)
        for line in view.finding_lines(checked, layout):
            click.echo(plain(line))
        if not checked.wrong:
            click.echo("All of every order lies where it belongs.")
    if checked.wrong:
        raise SystemExit(1)


def _repartition(
    ledger: Opened, whose: Whose, shown: Shown, rate: float
) -> Repartition:
    parts = ledger.parts
    parcels = Parcels(parts.scripts, ledger.destinations(), parts.retention.timeline)
    by = actor_of(ledger.settings, whose)
    return Repartition(
        parts.scripts, parcels, by, parts.retention.dedup, shown, rate=rate
    )


def _check_begun(ledger: Opened) -> None:
    """Raises click.ClickException where there is no ledger yet, or none any more."""
    absent = missing(ledger.client, ledger.settings.partitions)
    if absent is not None:
        raise click.ClickException(
            f"{absent}. A ledger is begun with WAYBILL_PARTITIONS partitions."
        )


@contextmanager
def _explained(goal: int) -> Iterator[None]:
    """What keeps a repartition from its end, with what to do about it."""
    try:
        yield
    except UnderWayError as error:
        raise click.ClickException(
            f"{error}; that has to end first: `{apply_command(error.goal)}` goes on"
        ) from error
    except OlderReleaseError as error:
        raise click.ClickException(
            f"workers of an older release run, which follow no layout: {error}; end"
            f" them, then give the command again: `{apply_command(goal)}`"
        ) from error
    except OutrunError as error:
        raise click.ClickException(
            f"{error}: somebody else has gone on with another repartition, and this"
            " command has moved nothing since; `waybill partitions` shows the layout"
        ) from error
    except LeftError as error:
        raise click.ClickException(
            f"{error}\nAll others have moved. The ledger works on as it is;"
            f" `{apply_command(goal)}` tries again"
        ) from error
    except KeyboardInterrupt:
        click.echo(
            "\nStopped. The ledger works on as it is;"
            f" `{apply_command(goal)}` goes on.",
            err=True,
        )
        raise


def _print_done(done: Done, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                **view.document(done.layout, ""),
                "moved": done.moved,
                "bytes": done.size,
                "seconds": round(done.seconds, 1),
            }
        )
        return
    click.echo(view.done_line(done))
    click.echo("Check it with `waybill partitions verify`.")
