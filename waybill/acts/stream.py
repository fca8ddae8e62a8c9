"""`waybill replay-stream`: sends anew what stands in the stream and nowhere else."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import click

from serializers.errors import DecodeError
from serializers.events import decode, entry, entry_fields
from serializers.events.entry_fields import Content
from serializers.order import order_name
from waybill.acting import Whose, act_options, actor_of
from waybill.connect import Opened, now_ms, opened
from waybill.console import example, plain, print_json, span
from waybill.finite import RATES
from waybill.since import Since
from workers.ledger import keys
from workers.ledger.audit.actor import Actor, Deed
from workers.ledger.identity.namespace import SOURCE, namespace_of
from workers.ledger.layout.seen import marks_of
from workers.ledger.stream.repair import RepairMark, add_once
from workers.ledger.stream.view import StreamView


@dataclass(slots=True)
class Looked:
    """What a stream has since a moment.

    Attributes:
        entries: how many there are.
        waiting: of these, not read or not acknowledged yet.
        known: admitted, dead letters, or letters that a person has decided on; or in
            another partition's stream now, and looked at there.
        unreadable: no events; they cannot be told apart.
        lost: ids of those which the ledger does not know.
    """

    entries: int = 0
    waiting: int = 0
    known: int = 0
    unreadable: int = 0
    lost: list[str] = field(default_factory=list)


@click.command(
    epilog=example(
        "waybill replay-stream --since 2h --dry-run",
        'waybill replay-stream --since 2026-11-27 --reason "group was set ahead"',
    )
)
@click.option(
    "--since",
    required=True,
    type=Since(),
    help="Entries from so long ago on (2h, 3d), a day or an instant.",
)
@click.option(
    "--dry-run", is_flag=True, help="Print what would be done, and do nothing."
)
@click.option(
    "--rate",
    type=RATES,
    help="Events a second at most; not given: one after the other.",
)
@act_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def replay_stream(
    environ: Mapping[str, str],
    /,
    *,
    since: int,
    dry_run: bool,
    rate: float | None,
    whose: Whose,
    as_json: bool,
) -> None:
    """Add events again that are in the stream and that the ledger does not know.

    For entries that were acknowledged, or passed over, without being admitted: the
    consumer group was set ahead, or the ledger is older than its stream. What waits,
    was admitted, is a dead letter or was replayed or discarded as one stays as it is.
    Each is added once, however often this is given, and is dated by its first entry.
    """
    with opened(environ, to_change=True) as ledger:
        _check_since(ledger, since)
        looks = {one: Looked() for one in ledger.stream.every}
        for stream, found in looks.items():
            _look(ledger, stream, since, found)
        added = 0
        if not dry_run:
            by = actor_of(ledger.settings, whose)
            for stream, found in looks.items():
                added += _replay(ledger, stream, found.lost, by, rate)
    document = _document(list(looks.values())) | {"replayed": added}
    if as_json:
        print_json(document)
    else:
        _print(document, dry_run=dry_run)


def _check_since(ledger: Opened, since: int) -> None:
    """Raises click.BadParameter where marks of admitted events are gone."""
    window = ledger.settings.dedup_window
    if since < now_ms(ledger.client) - window * 1000:
        what = f"what was admitted is known for {span(window)} (WAYBILL_DEDUP_WINDOW)"
        raise click.BadParameter(what, param_hint="--since")


def _look(ledger: Opened, stream: StreamView, since: int, found: Looked) -> None:
    by_source = namespace_of(ledger.client) == SOURCE
    for page in stream.since(since):
        waiting = stream.unsettled(list(page))
        found.entries += len(page)
        found.waiting += len(waiting)
        asked = []
        for id_, content in page.items():
            source, name, number = _names_of(content)
            if id_ not in waiting and source and name and number:
                order = order_name(number, source if by_source else "")
                asked.append((id_, order, decode.digest(source, name)))
        found.unreadable += len(page) - len(waiting) - len(asked)
        _distinguish(ledger, stream, asked, found)


def _names_of(content: Content) -> tuple[str, str, str]:
    """Source, id and order number of an entry's event, "" where it has none."""
    if not isinstance(content, tuple):
        return "", "", ""
    try:
        return entry.names_in(entry.value_of(content))
    except DecodeError:
        return "", "", ""


def _distinguish(
    ledger: Opened, stream: StreamView, asked: list[tuple[str, str, str]], found: Looked
) -> None:
    pipeline, marks = ledger.client.pipeline(transaction=False), dict[str, list[str]]()
    for id_, order, digest in asked:
        root, name = keys.home(stream.name), stream.named(id_)
        letter = keys.item(root, keys.event_ref(name))
        admitted = marks_of(order, digest, ledger.layout)
        marks[id_] = [*admitted, letter, keys.decided(root, name)]
        for key in marks[id_]:
            pipeline.exists(key)
    answers = iter(pipeline.execute())
    for id_, kept in marks.items():
        if sum(next(answers) for _ in kept):
            found.known += 1
        else:
            found.lost.append(stream.named(id_))


def _replay(
    ledger: Opened, stream: StreamView, lost: list[str], by: Actor, rate: float | None
) -> int:
    life_ms = int(ledger.settings.dedup_window * 1000)
    scripts, added = ledger.parts.scripts, 0
    for n, id_ in enumerate(lost):
        if n and rate:
            time.sleep(1 / rate)
        content = stream.entries([id_])[id_]
        # It may have gone meanwhile; what is too large was never an event.
        if isinstance(content, tuple):
            mark = RepairMark(f"stream:{id_}", "replay-stream", life_ms, b"")
            again = entry_fields.replayed(content, id_)
            deed = Deed("event.replayed", id_)
            added += add_once(scripts, stream.name, mark, again, by, deed)
    return added


def _document(looks: list[Looked]) -> dict[str, Any]:
    return {
        "entries": sum(one.entries for one in looks),
        "waiting": sum(one.waiting for one in looks),
        "known": sum(one.known for one in looks),
        "unreadable": sum(one.unreadable for one in looks),
        "lost": [id_ for one in looks for id_ in one.lost],
    }


def _print(document: Mapping[str, Any], *, dry_run: bool) -> None:
    click.echo(
        f"{document['entries']:,} entries: {document['waiting']:,} wait,"
        f" {document['known']:,} are known, {document['unreadable']:,} are no events,"
        f" {len(document['lost']):,} are not known"
    )
    for id_ in document["lost"][:10]:
        click.echo(f"  {plain(id_)}")
    done = "Nothing was done." if dry_run else f"{document['replayed']:,} added again."
    click.echo(done)
