"""`waybill dead-letters`: lists, shows, replays and discards what was given up."""

from collections.abc import Mapping
from typing import Any

import click

from waybill.connect import opened
from waybill.console import NAMED, example, plain, print_json
from waybill.dead_letters import listing, view
from waybill.dead_letters.deciding import discard, replay
from waybill.dead_letters.editing import edit, one
from waybill.dead_letters.selection import (
    Filters,
    filter_options,
    filters_of,
)
from workers.ledger.dead_letters import DeadLetter, DeadLetters

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print only JSON.")


@click.group(name="dead-letters", epilog=example("waybill dead-letters list"))
def dead_letters() -> None:
    """List, show, replay or discard what was given up.

    A dead letter is an event or item that nobody will try again by itself. It is
    kept, with its bytes and every attempt, until it is replayed or discarded.
    """


@dead_letters.command(
    name="list",
    epilog=example(
        "waybill dead-letters list",
        "waybill dead-letters list --fingerprint 3f1c0b7a92de",
        "waybill dead-letters list --destination ingram/acme --older 3d",
    ),
)
@filter_options
@click.option(
    "--letters", "single", is_flag=True, help="Print letters where groups would be."
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help="At most so many groups or letters; 20 or 50 without, with --json all.",
)
@AS_JSON
@click.pass_obj
def list_(
    environ: Mapping[str, str],
    /,
    *,
    single: bool,
    limit: int | None,
    as_json: bool,
    **wanted: Any,
) -> None:
    """List what failed alike, the most first; or the letters, the oldest first.

    Letters of one kind, destination and cause are a group, whatever numbers, names in
    quotes or moments stand in their reasons. With --fingerprint or --order the letters
    themselves are printed. --json is one flat array of letters.
    """
    with opened(environ) as ledger:
        filters = filters_of(ledger, wanted)
        if as_json:
            found = _oldest(ledger.parts.dead_letters, filters, limit)
            print_json([view.entry(one) for one in found])
        elif single or filters.fingerprint or filters.order:
            most = limit or listing.LETTERS
            found = _oldest(ledger.parts.dead_letters, filters, most + 1)
            listing.print_letters(found, most)
        else:
            groups = ledger.parts.dead_letters.groups(filters.window, filters.admit)
            listing.print_groups(groups, limit or listing.GROUPS)


def _oldest(
    letters: DeadLetters, filters: Filters, limit: int | None
) -> list[DeadLetter]:
    """The letters that are meant, the oldest first."""
    found = letters.chosen(filters.window, filters.admit, limit)
    return sorted(found, key=lambda letter: letter.at_ms)[:limit]


@dead_letters.command(epilog=example("waybill dead-letters show delivery:7H2K.acme"))
@click.argument("id_", metavar="ID", type=NAMED)
@AS_JSON
@click.pass_obj
def show(environ: Mapping[str, str], /, id_: str, *, as_json: bool) -> None:
    """Show one dead letter: its payload and every attempt.

    A payload that is no UTF-8 text is shown in base64. Of one that is longer than
    64 KiB the beginning is shown; --json has all of it.
    """
    with opened(environ) as ledger:
        letter = one(ledger, id_)
    if as_json:
        print_json(view.document(letter))
    else:
        for line in view.lines(letter):
            click.echo(plain(line))


dead_letters.add_command(replay)
dead_letters.add_command(discard)
dead_letters.add_command(edit)
