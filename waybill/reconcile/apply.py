"""`waybill reconcile apply`: makes the repairs of a plan, each once."""

import hashlib
import io
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from serializers.errors import DecodeError
from serializers.reconcile.finding import Finding
from serializers.reconcile.plan_file import layouts, read
from waybill.acting import Whose, act_options, actor_of
from waybill.connect import lasting_client, opened
from waybill.console import example, plain, print_json
from waybill.finite import RATES
from waybill.reconcile.exit_codes import CouldNotError, check_settled
from waybill.reconcile.mend import DONE, MEANINGS, Mender
from waybill.reconcile.report import act_text
from waybill.reconcile.trial import Trial
from workers.ledger.layout.layout import Layout

#: Hexadecimal digits of a plan's digest, which stands in timelines.
DIGITS = 16


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan's findings, each with a repair; `digest` is of its file as it is.

    Attributes:
        layouts: versions of the ledger's layout by which they were found.
    """

    digest: str
    findings: tuple[Finding, ...]
    layouts: frozenset[int]


@click.command(
    epilog=example(
        "waybill reconcile apply plan.ndjson --dry-run",
        "waybill reconcile apply plan.ndjson --rate 60",
    )
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--dry-run", is_flag=True, help="Print what would be done, and do nothing."
)
@click.option(
    "--rate",
    type=RATES,
    help="Repairs a minute at most; not given: one after the other.",
)
@act_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.pass_obj
def apply(
    environ: Mapping[str, str],
    /,
    file: Path,
    *,
    dry_run: bool,
    rate: float | None,
    whose: Whose,
    as_json: bool,
) -> None:
    """Make the repairs of a plan that `waybill reconcile --plan FILE` has written.

    Lines that are not wanted may be taken out of the file before. Each repair is made
    once, however often it is applied, and stands in its order's timeline. Workers do
    the rest: they publish, poll, link, replay and notify as always.

    --dry-run asks the ledger what would become of each repair, were it the only one of
    its plan, and ends as the act would; nothing is changed.

    Exit code 0 where all were made, now or before, 1 where one was not, 2 where the
    plan cannot be read.
    """
    results = list[tuple[Finding, str]]()
    plan = _read(file)
    try:
        for one, result in _made(environ, plan, rate, whose, dry_run=dry_run):
            results.append((one, result))
            if not as_json:
                click.echo(plain(f"{act_text(one)}: {MEANINGS[result]}"))
    finally:
        if as_json:
            print_json([_document(*pair) for pair in results])
    _end(Counter(result for _, result in results), quiet=as_json)


def _read(file: Path) -> Plan:
    """The plan in a file; raises CouldNotError where it is none."""
    try:
        body = file.read_bytes()
        found = tuple(one for _, one in read(io.BytesIO(body), file.name))
    except (DecodeError, OSError) as error:
        raise CouldNotError(str(error)) from error
    by = frozenset(layouts(body))
    return Plan(hashlib.sha256(body).hexdigest()[:DIGITS], found, by)


def _check_layout(plan: Plan, layout: Layout) -> None:
    """Refuse a plan of a ledger that has been repartitioned since.

    What a repair has left behind, by which it is made once, stays where its order lay.

    Raises:
        CouldNotError: it is one, or the ledger is being repartitioned.
    """
    check_settled(layout)
    if plan.layouts - {layout.version}:
        what = "the ledger was repartitioned since the plan was written; plan it anew"
        raise CouldNotError(f"{what}: waybill reconcile --plan FILE")


def _made(
    environ: Mapping[str, str],
    plan: Plan,
    rate: float | None,
    whose: Whose,
    *,
    dry_run: bool,
) -> Iterator[tuple[Finding, str]]:
    """Each finding of the plan, and what became of its repair."""
    with opened(environ, to_change=True, client_of=lasting_client) as ledger:
        _check_layout(plan, ledger.layout)
        by = actor_of(ledger.settings, whose, plan=plan.digest)
        mender = (
            Trial(ledger, plan.digest) if dry_run else Mender(ledger, plan.digest, by)
        )
        for n, one in enumerate(plan.findings):
            if rate and n and not dry_run:
                time.sleep(60 / rate)
            yield one, mender.make(one)


def _document(one: Finding, result: str) -> dict[str, str | None]:
    repair = one.repair
    shown = {"id": repair.id, "kind": one.kind, "act": repair.act}
    return {**shown, "order": one.order or None, "result": result}


def _end(results: Counter[str], *, quiet: bool) -> None:
    """Print the sum; exit code 1 where something was not made."""
    if not quiet:
        counts = ", ".join(f"{n} {MEANINGS[one]}" for one, n in results.items())
        click.echo(counts or "the plan holds no repair")
    if set(results) - DONE:
        raise SystemExit(1)
