"""`waybill drift`: lists, shows and forgets what is in no contract of a partner's."""

from collections.abc import Mapping

import click

from waybill.acting import Whose, act_options, actor_of
from waybill.connect import opened
from waybill.console import NAMED, example, plain, print_json, print_table
from waybill.drift import view
from workers.ledger.drift.listing import DriftList, Listed
from workers.partners.registry import PARTNERS

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print only JSON.")
PARTNER = click.option(
    "--partner",
    type=click.Choice([spec.name for spec in PARTNERS]),
    metavar="NAME",
    help="Only westcon, deck or ingram.",
)


@click.group(epilog=example("waybill drift list"))
def drift() -> None:
    """List, show or forget what partners sent that is in no contract.

    Workers count it and go on: a member, a code, an envelope, a header that nobody
    has documented. Samples are masked.
    """


@drift.command(name="list", epilog=example("waybill drift list --partner westcon"))
@PARTNER
@AS_JSON
@click.pass_obj
def list_(environ: Mapping[str, str], /, *, partner: str | None, as_json: bool) -> None:
    """List what is new, the one that was listed last first."""
    with opened(environ) as ledger:
        found = _of_partner(DriftList(ledger.client).all(), partner)
    if as_json:
        print_json(list(map(view.entry, found)))
    elif found:
        print_table(view.COLUMNS, map(view.row, found), ("count",), ("where",))
    else:
        click.echo("Nothing that is not in the contracts.")


@drift.command(epilog=example("waybill drift show 3f1c0b7a"))
@click.argument("id_", metavar="ID", type=NAMED)
@AS_JSON
@click.pass_obj
def show(environ: Mapping[str, str], /, id_: str, *, as_json: bool) -> None:
    """Show one of them with its masked samples.

    The beginning of an ID will do where only one begins so.
    """
    with opened(environ) as ledger:
        listing = DriftList(ledger.client)
        one = _one(listing, id_)
        samples = listing.samples(one.shape.id)
    if as_json:
        print_json(view.document(one, samples))
    else:
        for line in view.lines(one, samples):
            click.echo(plain(line))


@drift.command(
    epilog=example("waybill drift forget 3f1c0b7a", "waybill drift forget --all")
)
@click.argument("ids", metavar="[ID]...", nargs=-1, type=NAMED)
@click.option("--all", "every", is_flag=True, help="Forget all of them.")
@act_options
@click.pass_obj
def forget(
    environ: Mapping[str, str],
    /,
    ids: tuple[str, ...],
    *,
    every: bool,
    whose: Whose,
) -> None:
    """Forget what was looked into, with its count and samples.

    What comes again is listed again, and is new to the alarm. Exit code 1 if one was
    not there.
    """
    if bool(ids) == every:
        raise click.UsageError("give ids, or --all")
    with opened(environ, to_change=True) as ledger:
        listing = DriftList(ledger.client)
        by = actor_of(ledger.settings, whose)
        if every:
            click.echo(f"{listing.forget_all(by)} forgotten")
            return
        chosen = [_one(listing, id_) for id_ in ids]
        for one in chosen:
            listing.forget(one.shape, by)
    for one in chosen:
        click.echo(f"{one.shape.id} forgotten")


def _of_partner(found: tuple[Listed, ...], partner: str | None) -> list[Listed]:
    return [one for one in found if partner in (None, one.shape.partner)]


def _one(listing: DriftList, given: str) -> Listed:
    found = [one for one in listing.all() if one.shape.id.startswith(given)]
    if len(found) != 1:
        what = "more than one begins so" if found else "it is not in the list"
        raise click.ClickException(f"{plain(given)}: {what}; see waybill drift list")
    return found[0]
