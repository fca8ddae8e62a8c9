"""`waybill dead-letters`: lists, shows, replays and discards what was given up."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click

from waybill.connect import opened
from waybill.console import TEXT, example, plain, print_json
from waybill.dead_letters import listing, view
from waybill.dead_letters.selection import (
    PREFIXES,
    Filters,
    filter_options,
    filters_of,
    matches,
)
from workers.ledger.dead_letters import DeadLetter, DeadLetters, WholeLetter

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print only JSON.")
FINGERPRINT = click.option(
    "--fingerprint",
    default="",
    type=TEXT,
    help="Only those that failed alike; see list.",
)


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
@click.argument("id_", metavar="ID", type=TEXT)
@AS_JSON
@click.pass_obj
def show(environ: Mapping[str, str], /, id_: str, *, as_json: bool) -> None:
    """Show one dead letter: its payload and every attempt.

    A payload that is no UTF-8 text is shown in base64. Of one that is longer than
    64 KiB the beginning is shown; --json has all of it.
    """
    with opened(environ) as ledger:
        letter = _one(ledger.parts.dead_letters, id_)
    if as_json:
        print_json(view.document(letter))
    else:
        for line in view.lines(letter):
            click.echo(plain(line))


@dead_letters.command(
    epilog=example(
        "waybill dead-letters replay delivery:7H2K.acme",
        "waybill dead-letters replay --all --fingerprint 3f1c0b7a92de",
    )
)
@click.argument("ids", metavar="[ID]...", nargs=-1, type=TEXT)
@click.option("--all", "every", is_flag=True, help="Replay all dead letters.")
@FINGERPRINT
@AS_JSON
@click.pass_obj
def replay(
    environ: Mapping[str, str],
    /,
    ids: tuple[str, ...],
    *,
    every: bool,
    fingerprint: str,
    as_json: bool,
) -> None:
    """Send dead letters on their way again, each with all its attempts.

    The prefix of an ID (delivery:, watch:PARTNER:, event:) may be left out when only
    one dead letter is meant. Exit code 1 if one was not replayed.
    """
    if bool(ids) == every or (fingerprint and not every):
        raise click.UsageError("give ids, or --all (with --fingerprint, if wanted)")
    with opened(environ, to_change=True) as ledger:
        letters = ledger.parts.dead_letters
        if every:
            filters = Filters(fingerprint=fingerprint)
            found = letters.chosen(filters.window, filters.admit)
            ids = tuple(letter.id for letter in found)
        results = {id_: _act(letters, id_, letters.replay) for id_ in ids}
    _print_results(results, "replayed", as_json=as_json)


@dead_letters.command(epilog=example("waybill dead-letters discard event:1760-0"))
@click.argument("ids", metavar="ID...", nargs=-1, required=True, type=TEXT)
@AS_JSON
@click.pass_obj
def discard(
    environ: Mapping[str, str], /, ids: tuple[str, ...], *, as_json: bool
) -> None:
    """Forget dead letters: nothing will ever send them.

    Exit code 1 if one was not discarded.
    """
    with opened(environ, to_change=True) as ledger:
        letters = ledger.parts.dead_letters
        results = {id_: _act(letters, id_, letters.discard) for id_ in ids}
    _print_results(results, "discarded", as_json=as_json)


def _one(letters: DeadLetters, given: str) -> WholeLetter:
    found = matches(letters, given)
    letter = letters.find(found[0]) if len(found) == 1 else None
    if letter is None:
        shown = view.ANSWERS["ambiguous" if found else "gone"]
        raise click.ClickException(f"{plain(given)}: {shown}")
    return letter


def _act(letters: DeadLetters, given: str, act: Callable[[str], str]) -> str:
    """Do it to the one letter that is meant; a word of `view.ANSWERS`."""
    found = matches(letters, given)
    if len(found) > 1:
        return "ambiguous"
    # Nothing dead: the script answers whether the item is gone or only not dead.
    ids = found or [given, *(prefix + given for prefix in PREFIXES)]
    result = (act(id_) for id_ in ids)
    return next((answer for answer in result if answer != "gone"), "gone")


def _print_results(results: Mapping[str, str], wanted: str, *, as_json: bool) -> None:
    if as_json:
        print_json([{"id": id_, "result": result} for id_, result in results.items()])
    else:
        _print(results.items())
    if any(result != wanted for result in results.values()):
        raise SystemExit(1)


def _print(results: Iterable[tuple[str, str]]) -> None:
    for id_, result in results:
        click.echo(f"{plain(id_)}  {view.ANSWERS.get(result, result)}")
    if not results:
        click.echo("There are no such dead letters.")
