"""`waybill find TEXT`: which orders a text may name."""

import shlex
from collections.abc import Mapping, Sequence

import click

from waybill.connect import opened
from waybill.console import (
    NAMED,
    example,
    paragraph,
    plain,
    print_json,
    print_table,
)
from waybill.find.matches import look_through, matches, unique
from workers.ledger.views.finding import Match

COLUMNS = ("found by", "order", "item")


@click.command(
    epilog=example("waybill find PO-7781", "waybill find CUST-204 --all --json")
)
@click.argument("text", type=NAMED)
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="Look through every order, too, where something has the text as its name.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.pass_obj
def find(
    environ: Mapping[str, str], /, text: str, *, every: bool, as_json: bool
) -> None:
    """List the orders that TEXT may name, and what of them it is.

    An order's number, a purchase order, and the id of a delivery, a notification or a
    dead letter are known at once. A customer, a number of Westcon's or DECK's, an
    event's id, an invoice, a tracking or a serial number is looked for in every order,
    where nothing has that name: a minute or so for a million orders, with progress on
    the standard error of a terminal. TEXT is a whole word; case counts. Exit code 1
    where nothing is found.
    """
    with opened(environ) as ledger:
        found = matches(ledger, text)
        if every or not found:
            found = unique([*found, *look_through(ledger, text)[0]])
    if as_json:
        print_json([document(one) for one in found])
    else:
        show(found)
    if not found:
        if not as_json:
            click.echo(f"nothing is called {plain(text)}", err=True)
        raise SystemExit(1)


def document(one: Match) -> dict[str, object]:
    """A match for a program."""
    return {"by": one.by, "order": one.order or None, "item": one.item or None}


def show(found: Sequence[Match]) -> None:
    """The matches as a table, then how one of them is gone on with."""
    if not found:
        return
    print_table(COLUMNS, [(one.by, one.order, one.item) for one in found])
    one = found[0]
    further = f"waybill explain {shlex.quote(one.order)}"
    if not one.order:
        further = f"waybill dead-letters show {shlex.quote(one.item)}"
    click.echo("")
    click.echo(paragraph(f"go on with `{plain(further)}`"))
