"""`waybill results`: what the ERP hears of its orders."""

import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress

import click

from serializers.errors import DecodeError
from serializers.formats.instants import milliseconds
from serializers.results.decode import Result, decode
from serializers.results.result import ResultType
from waybill.connect import Opened, opened
from waybill.console import TEXT, example, plain
from waybill.results.view import line
from workers.ledger.layout.layout import layout_of
from workers.ledger.results.reader import Found, Places, ResultReader
from workers.redis.clients import patient_client

#: Results that are read in one round trip, and seconds between two looks for more.
AT_ONCE, PAUSE = 500, 0.5

_EXAMPLES = (
    "waybill results --follow --type order.changed --type event.refused",
    "waybill results --since 2026-03-02T09:00:00Z --order SO-10042",
    "waybill results --json | jq .event",
)


@click.command(epilog=example(*_EXAMPLES))
@click.option("--follow", is_flag=True, help="Wait for more, until it is interrupted.")
@click.option(
    "--since",
    default="",
    metavar="ID|TIME",
    type=TEXT,
    help="From this entry on, as --json shows it, or from this moment (RFC 3339). Not"
    " given: everything that is kept; with --follow, what comes from now on.",
)
@click.option(
    "-t",
    "--type",
    "types",
    type=click.Choice([one.value for one in ResultType]),
    multiple=True,
    help="Only of this type; may be given several times.",
)
@click.option("-o", "--order", default="", type=TEXT, help="Only about this order.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_obj
def results(
    environ: Mapping[str, str],
    /,
    since: str,
    types: tuple[str, ...],
    order: str,
    *,
    follow: bool,
    as_json: bool,
) -> None:
    """Show what the ERP hears: events that were refused, orders that have changed.

    The oldest first, over all partitions. It reads beside the ERP's consumers and takes
    nothing away from them. With --json each line has `partition`, `entry` (the id in
    the partition's stream) and `event`, the CloudEvent.
    """
    with opened(environ) as ledger, suppress(KeyboardInterrupt):
        some = False
        for found, result in _chosen(ledger, since, types, order, follow=follow):
            some = True
            click.echo(_json(found, result) if as_json else plain(line(result)))
        if not some:
            click.echo(plain(_none(since, types, order)), err=True)


def _none(since: str, types: Collection[str], order: str) -> str:
    """That no result is kept for which all of it holds."""
    asked = (
        f"about order {order}" if order else "",
        f"of the type {' or '.join(types)}" if types else "",
        f"since {since}" if since else "",
    )
    return " ".join(("no result is kept", *filter(None, asked)))


def _chosen(
    ledger: Opened, since: str, types: Collection[str], order: str, *, follow: bool
) -> Iterator[tuple[Found, Result]]:
    settings, client = ledger.settings, ledger.client
    if follow:
        # It is to outlast a Redis that is away for a moment.
        client = patient_client(settings.redis_url, "results")
    reader = ResultReader(client, settings.partitions)
    places = _begin(reader, ledger, since, follow=follow)

    def width() -> int:
        return layout_of(client, settings.partitions).width

    for found in read(reader, places, follow=follow, width=width):
        try:
            result = decode(found.body)
        except DecodeError as error:
            click.echo(f"{found.entry}: {plain(str(error))}", err=True)
            continue
        if (not types or result.type in types) and order in {"", result.subject}:
            yield found, result


def read(
    reader: ResultReader,
    places: Places,
    *,
    follow: bool,
    width: Callable[[], int],
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Found]:
    """Every result behind these places, then those that come, if they are wanted.

    Args:
        reader: of the ledger.
        places: behind which it begins.
        follow: whether those that come are wanted.
        width: how many partitions there are by now.
        sleep: waits for so many seconds.
    """
    while True:
        found, places = reader.after(places, AT_ONCE)
        yield from found
        if not found and not follow:
            return
        if not found:
            sleep(PAUSE)
            if (now := width()) > len(places):
                reader, places = reader.widened(places, now)


def _begin(reader: ResultReader, ledger: Opened, since: str, *, follow: bool) -> Places:
    if since:
        return reader.at(_entry(since))
    if follow:
        seconds, micros = ledger.client.time()
        return reader.at(f"{seconds * 1000 + micros // 1000}-0")
    return reader.beginning()


def _entry(since: str) -> str:
    """The first entry's id of what is wanted.

    Raises:
        click.UsageError: neither an entry's id nor a moment.
    """
    ms, _, n = since.partition("-")
    if ms.isdecimal() and (n or "0").isdecimal():
        return f"{ms}-{n or 0}"
    what = "an entry's id, as 1795229560282-0, or a moment, as 2026-03-02T09:15:00Z"
    try:
        return f"{milliseconds(since) or 0}-0"
    except ValueError as error:
        raise click.UsageError(f"--since must be {what}") from error


def _json(found: Found, result: Result) -> str:
    members = {"partition": found.partition, "entry": found.entry}
    text = json.dumps(members | {"event": result.event})
    # DEL is ASCII too, and the only control character that JSON lets through.
    return text.replace("\x7f", "\\u007f")
