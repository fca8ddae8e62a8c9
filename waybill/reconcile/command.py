"""`waybill reconcile`: compares the books, and plans what mends the differences."""

import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
import redis

from serializers.errors import DecodeError
from serializers.reconcile.plan_file import line
from waybill.connect import Opened, opened
from waybill.console import TEXT, example, print_json
from waybill.finite import Finite
from waybill.progress import Progress
from waybill.reconcile.apply import apply
from waybill.reconcile.books.files import BookFile, BookFileType, digest
from waybill.reconcile.books.shelves import Shelves
from waybill.reconcile.books.work_file import InUseError, NotOursError, WorkFile
from waybill.reconcile.comparison import findings
from waybill.reconcile.exit_codes import CouldNotError, check_settled
from waybill.reconcile.pace import StoppedError
from waybill.reconcile.report import Report
from waybill.reconcile.run import Options, Run
from waybill.reconcile.stamp import of_partners
from waybill.since import Since
from workers.ledger.layout.layout import layout_of
from workers.redis.clients import ledger_client

EXAMPLES = (
    "waybill reconcile --erp orders.csv",
    "waybill reconcile --erp orders.ndjson --receiver acme=ids.txt --plan plan.ndjson",
    "waybill reconcile --erp orders.csv --westcon --deck --since 14d",
    "waybill reconcile apply plan.ndjson --dry-run",
)


@dataclass(frozen=True, slots=True)
class Output:
    """Where a comparison goes: its plan, its work file, and whether it is JSON."""

    plan: Path | None
    work: Path | None
    as_json: bool


@click.group(invoke_without_command=True, epilog=example(*EXAMPLES))
@click.option(
    "--erp",
    type=BookFileType(),
    help="The ERP's orders: NDJSON or CSV, see docs/reconcile.md for the columns.",
)
@click.option(
    "--receiver",
    "receivers",
    type=BookFileType(named=True),
    multiple=True,
    metavar="ENDPOINT=FILE",
    help="The event ids that a receiver has; may be given for several.",
)
@click.option("--westcon", is_flag=True, help="Ask Westcon what it reports now.")
@click.option("--deck", is_flag=True, help="Ask DECK whose the orders are now.")
@click.option(
    "--since",
    type=Since(),
    metavar="DAY|14d|36h",
    help="Leave out orders that were placed before.",
)
@click.option(
    "--grace",
    type=Finite(min=0),
    default=900.0,
    show_default=True,
    help="Seconds for which what has changed counts as in flight.",
)
@click.option(
    "--source",
    default="",
    type=TEXT,
    help="The source of the ERP's events, where its book has no such column.",
)
@click.option(
    "--share",
    type=Finite(min=0.01, max=1.0),
    default=0.5,
    show_default=True,
    help="The share of the partners' rates that this may use.",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 32),
    default=4,
    show_default=True,
    help="Calls to a partner at once.",
)
@click.option("--yes", is_flag=True, help="Make the partners' calls without asking.")
@click.option(
    "--plan",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the repairs into this file.",
)
@click.option(
    "--work",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the books are kept meanwhile; by it an interrupted run goes on.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def reconcile(
    context: click.Context,
    /,
    *,
    plan: Path | None,
    work: Path | None,
    as_json: bool,
    erp: BookFile | None,
    receivers: tuple[BookFile, ...],
    **given: object,
) -> None:
    """Compare what the ERP, the ledger, Westcon, DECK and receivers have.

    Any of them may be left out; the ledger never is. Each finding has what the books
    say, the likely cause and one repair. Nothing is changed: with --plan the repairs
    are written into a file, which `waybill reconcile apply` makes. What is in flight,
    or older than the ledger's retention, is no finding.

    Before partners are called it prints how many calls that takes, and asks. An
    interrupted run goes on when it is given again: answers are kept for 12 hours.

    Exit code 0 where nothing was found, 1 where something was, or a partner could not
    be asked about an order, 2 where it could not run.
    """
    if context.invoked_subcommand is not None:
        return
    options = Options(erp=erp, receivers=receivers, **given)  # type: ignore[arg-type] # click has checked them
    output = Output(plan, work, as_json)
    try:
        if plan is not None:
            # Not after all calls, which take hours.
            plan.open("a").close()
        is_clean = _compared(context.obj, options, output)
    except click.UsageError:
        raise
    except click.Abort as error:
        raise CouldNotError("no call was made, and nothing compared") from error
    except (OSError, sqlite3.Error) as error:
        raise CouldNotError(f"a file cannot be written: {error}") from error
    except click.ClickException as error:
        raise CouldNotError(error.message) from error
    if not is_clean:
        raise SystemExit(1)


reconcile.add_command(apply)


def _compared(environ: Mapping[str, str], options: Options, output: Output) -> bool:
    """Run it; whether nothing was found."""
    progress = Progress()
    client_of = partial(_client, threads=options.threads)
    with opened(environ, client_of=client_of) as ledger:
        check_settled(ledger.layout)
        settings = ledger.settings
        partners = of_partners(settings) if options.westcon or options.deck else ()
        question = (settings.redis_url, *options.stamps, *partners)
        file = _work_file(output.work, question)
        try:
            run = Run(ledger, file, options, progress)
            report = _report(run, output, ledger)
            print_json(report.document()) if output.as_json else report.show()
        except (DecodeError, StoppedError) as error:
            file.close()
            again = "; give the same command again to go on" * bool(run.has_answers)
            raise click.ClickException(f"{error}{again}") from error
        except BaseException:
            file.close()
            raise
        file.remove()
        return report.result.is_clean


def _report(run: Run, output: Output, ledger: Opened) -> Report:
    result = run.result()
    layout, plan = ledger.layout, output.plan
    if layout_of(ledger.client, layout.count) != layout:
        what = "the ledger was repartitioned meanwhile; give the same command again"
        raise CouldNotError(what)
    if plan is not None:
        _write_plan(plan, run.shelves, layout.version)
    for one in run.warnings.texts:
        click.echo(f"warning: {one}", err=True)
    return Report(
        run.shelves, result, run.scope, run.warnings.texts, str(plan) if plan else ""
    )


def _write_plan(plan: Path, shelves: Shelves, layout: int) -> None:
    """Write it whole or not at all, whatever ends it and whoever writes it too."""
    is_plain = plan.is_file()
    place = plan.with_name(f"{plan.name}.{os.getpid()}") if is_plain else plan
    with place.open("w", encoding="utf-8") as file:
        file.writelines(f"{line(one, layout)}\n" for one in findings(shelves))
    if is_plain:
        place.replace(plan)


def _client(url: str, name: str, threads: int) -> "redis.Redis":
    """A client for minutes of work: it waits for a Redis that restarts."""
    del name
    return ledger_client(url, connections=2 * threads + 8)


def _work_file(path: Path | None, question: Sequence[str]) -> WorkFile:
    if path is None:
        state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        path = Path(state) / "waybill" / f"reconcile-{digest(question)}.sqlite"
    try:
        return WorkFile(path, digest(question))
    except InUseError as error:
        what = f"another run of this comparison is under way, in {path}: wait for its"
        what += " end, or give this one a file of its own with --work"
        raise click.ClickException(what) from error
    except (NotOursError, OSError) as error:
        what = f"{path} cannot be the work file ({error}); name another with --work"
        raise click.ClickException(what) from error
