"""`waybill orders list`: orders by what they wait for, page by page."""

import shlex
import sys
import time
from collections.abc import Callable, Mapping

import click

from waybill.connect import Opened, now_ms, opened
from waybill.console import (
    TEXT,
    amount,
    example,
    paragraph,
    plain,
    print_json,
    print_table,
)
from waybill.destinations import check_destination, given_up
from waybill.orders.choosing import check_stage, state_options
from waybill.orders.view import COLUMNS, cells, document
from workers.ledger.views.order_list import Page, Wanted, order_page
from workers.ledger.views.order_pass import Place, place_of

#: Seconds after which a page ends that is not full, unless somebody waits for it.
SECONDS = 0.5

DAY_MS = 86_400_000


class _Cursor(click.ParamType[Place]):
    """What a page before has printed."""

    name = "cursor"

    def convert(
        self,
        value: "str | Place",
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Place:
        """The place; raises click.BadParameter."""
        try:
            return place_of(str(value))
        except ValueError:
            self.fail("is no cursor that a page has printed", param, ctx)


@click.command(
    name="list",
    epilog=example(
        "waybill orders list --open --not-moved 7",
        "waybill orders list --failing",
        "waybill orders list --customer CUST-204 --wait --json",
    ),
)
@state_options
@click.option(
    "--not-moved",
    type=click.IntRange(min=0),
    metavar="DAYS",
    help="Those of which nothing has changed for so many days.",
)
@click.option("--stage", default="", type=TEXT, help="With a line in this status.")
@click.option("--destination", default="", type=TEXT, help="With work for it.")
@click.option("--customer", default="", type=TEXT, help="Of this customer.")
@click.option(
    "--failing", is_flag=True, help="Those that fail and are tried again, oldest first."
)
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    help="Orders of a page.",
)
@click.option("--after", type=_Cursor(), default=Place(), help="Where a page ended.")
@click.option("--wait", "waits", is_flag=True, help="Look on until the page is full.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def list_orders(  # noqa: PLR0913 (one argument per option)
    environ: Mapping[str, str],
    /,
    *,
    state: str,
    not_moved: int | None,
    stage: str,
    destination: str,
    customer: str,
    failing: bool,
    limit: int,
    after: Place,
    waits: bool,
    as_json: bool,
) -> None:
    """List orders, those for which all options hold.

    An order is open while it is watched or anything of it is still to be delivered, a
    dead letter included. A page comes within a second, however many orders there are:
    it ends after half a second of looking, with what was found, and prints the cursor
    from which --after goes on. With --wait it looks on until it is full, with progress
    on the standard error of a terminal. Orders come in no order of their own; one that
    changes meanwhile may come twice, and where Redis fails over or orders move into
    other partitions, many do: none is left out. Exit code 0, also where there are none.
    """
    with opened(environ) as ledger:
        if destination:
            check_destination(ledger, destination, "--destination", given_up(ledger))
        moment_ms = now_ms(ledger.client)
        unmoved = 0 if not_moved is None else moment_ms - not_moved * DAY_MS
        wanted = Wanted(state, unmoved, stage, destination, customer, failing=failing)
        page = _page(ledger, wanted, limit, after, waits=waits)
        if stage and not page.rows and after == Place():
            check_stage(ledger, stage)
    if as_json:
        print_json(_document(page))
    else:
        _show(page, moment_ms)


def _page(
    ledger: Opened, wanted: Wanted, limit: int, start: Place, *, waits: bool
) -> Page:
    places = ledger.parts.places
    goes_on = _progress() if waits else for_a_while()
    return order_page(ledger.client, wanted, limit, start, places, goes_on)


def for_a_while() -> Callable[[int], bool]:
    """Whether a page that has begun now is looked on for."""
    begun = time.monotonic()
    return lambda _: time.monotonic() - begun < SECONDS


def _progress() -> Callable[[int], bool]:
    reported = time.monotonic()

    def goes_on(count: int) -> bool:
        nonlocal reported
        if sys.stderr.isatty() and time.monotonic() - reported > SECONDS:
            reported = time.monotonic()
            click.echo(f"\r{count} orders looked at", err=True, nl=False)
        return True

    return goes_on


def _document(page: Page) -> dict[str, object]:
    return {
        "orders": [document(row) for row in page.rows],
        "after": None if page.after is None else str(page.after),
        "looked_at": page.looked_at,
    }


def _show(page: Page, moment_ms: int) -> None:
    if page.rows:
        rows = [cells(row, moment_ms) for row in page.rows]
        print_table(COLUMNS, rows, wrapped=("state",))
        click.echo("")
    counted = f"{amount(len(page.rows), 'order')}, of {page.looked_at} looked at"
    if page.after is None:
        click.echo(f"{counted}; there are no more")
        return
    further = f"--after {shlex.quote(str(page.after))}"
    click.echo(paragraph(plain(f"{counted}; go on with {further}, or --wait")))
