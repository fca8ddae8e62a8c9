"""`waybill status`: what waits, what is held, and what is wrong."""

import json
from collections.abc import Mapping

import click

from waybill.connect import opened
from waybill.console import example, paragraph, plain, print_json
from waybill.finite import Finite
from waybill.status.document import document, unanswered
from waybill.status.page import page
from waybill.status.reasons import reasons
from waybill.status.snapshot import StatusSnapshot, look
from waybill.status.watched import Look, watch
from waybill.trouble import SettingsTrouble

_SECONDS = Finite(min=0.2, max=3600.0)


@click.command(
    epilog=example(
        "waybill status",
        "waybill status --watch",
        "waybill status --json | jq .reasons",
    )
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--watch",
    "watches",
    is_flag=True,
    help="Look again and again until Ctrl-C: on a terminal in place, else a block, or"
    " a line of JSON, for each change.",
)
@click.option(
    "--every",
    type=_SECONDS,
    default=2.0,
    show_default=True,
    help="Seconds between two looks of --watch.",
)
@click.pass_obj
def status(
    environ: Mapping[str, str], /, *, as_json: bool, watches: bool, every: float
) -> None:
    """Show what waits, what workers hold, and what is not well.

    Overdue is how long the oldest due item has waited past its moment. Of more than a
    hundred destinations, endpoints that have nothing to do are only counted. Exit code
    1, with the reasons and what to do about each, when nobody serves what the settings
    need, workers of another deployment are alive, or workers differ in their settings
    for half an hour, notifications wait for an endpoint that no living worker knows,
    dead letters wait, a destination is closed or disabled, work is five minutes late, a
    consumer group has left nearly as many results unread as are kept, the last
    reconciliation found what is lost, the ledger's mark is missing, or it was restored.
    A Redis that does not answer is named within three seconds. With --watch the exit
    code is the last look's.
    """
    if watches:
        well = watch(lambda: _seen(environ, as_json=as_json), every)
    else:
        well = _once(environ, as_json=as_json)
    if not well:
        raise SystemExit(1)


def _once(environ: Mapping[str, str], *, as_json: bool) -> bool:
    try:
        seen = _read(environ)
    except SettingsTrouble:
        raise
    except click.ClickException as error:
        if as_json:
            print_json(unanswered(plain(error.message)))
        raise
    why = list(reasons(seen))
    if as_json:
        print_json(document(seen, why))
    else:
        click.echo(page(seen, why))
    return not why


def _seen(environ: Mapping[str, str], *, as_json: bool) -> Look:
    """One look of several; a Redis that does not answer is what is seen then."""
    try:
        seen = _read(environ)
    except SettingsTrouble:
        raise
    except click.ClickException as error:
        message = plain(error.message)
        line = json.dumps(unanswered(message))
        return Look(line if as_json else paragraph(f"not well: {message}"), well=False)
    why = list(reasons(seen))
    shown = json.dumps(document(seen, why)) if as_json else page(seen, why)
    return Look(shown, well=not why)


def _read(environ: Mapping[str, str]) -> StatusSnapshot:
    with opened(environ) as ledger:
        return look(ledger)
