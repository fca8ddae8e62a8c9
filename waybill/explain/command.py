"""`waybill explain ORDER`: the story of one order."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import click

from serializers.errors import DecodeError
from serializers.order_record import LayoutError
from waybill.connect import Opened, opened
from waybill.console import NAMED, TEXT, example, moment, plain, print_json, print_table
from waybill.explain.blockers import Blocked
from waybill.explain.now import now_text
from waybill.explain.timeline import words
from waybill.explain.view import (
    blocked_text,
    delivery_text,
    document,
    line_row,
    parcel_text,
    references,
    returned_text,
    shipment_text,
    unread_text,
    watch_text,
)
from waybill.explain.waiting import blocked_of
from waybill.find.command import document as match_document
from waybill.find.matches import is_known, look_through, matches, orders_of
from waybill.find.selection import orders_meant
from workers.ledger import keys
from workers.ledger.identity.heartbeats import Heartbeats
from workers.ledger.identity.metadata import missing
from workers.ledger.views.finding import Match
from workers.ledger.views.order_items import Item
from workers.ledger.views.order_story import OrderStory, story
from workers.partners.ingram.settings import Ingram

#: Seconds for which every order is looked through, where nothing is called so.
LOOK_SECONDS = 3.0

#: Orders that are listed, of those that have one customer.
LISTED = 20

LINES = ("line", "sub-order", "status", "since", "quantity", "part", "ship", "invoice")


@click.command(
    epilog=example("waybill explain SO-10042", "waybill explain SO-10042@/erp/eu")
)
@click.argument("order", type=NAMED)
@click.option(
    "--source",
    default="",
    type=TEXT,
    help="Whose order it is, or the end of that, where several have the number.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def explain(
    environ: Mapping[str, str], /, order: str, *, source: str, as_json: bool
) -> None:
    """Show the story of one ORDER: what it waits for now, its lines, its timeline.

    ORDER is the ERP's order number, or anything else that names an order: a purchase
    order, a customer, a number of Westcon's, or the id of an event, a delivery or a
    dead letter; see `waybill find`. Where it names several orders, they are listed,
    with exit code 1. The watch and every delivery that was not made
    show what keeps them waiting now, and until when: a closed gate, a disabled
    endpoint, another delivery before it, a limit, no worker that serves its queue, a
    destination that the settings do not have. All times are UTC. Exit code 1 for an
    order that is not known, with what to check.

    Where each source has numbers of its own (WAYBILL_NAMESPACE), several may have this
    one: then they are listed, with exit code 1, as they can be asked for.
    """
    with opened(environ) as ledger:
        order = _meant(ledger, order, source, as_json=as_json)
        found = _story(ledger, order)
        blocked = blocked_of(ledger, found) if found else {}
        hints = [] if found else list(what_to_check(ledger, order))
    if as_json:
        unknown_order = {"order": order, "known": False, "hints": hints}
        print_json(document(found, blocked) if found else unknown_order)
    elif found:
        _print(found, blocked, ledger)
    for hint in hints if not as_json else ():
        click.echo(plain(hint), err=True)
    if not found:
        raise SystemExit(1)


def _meant(ledger: Opened, given: str, source: str, *, as_json: bool) -> str:
    """The name of the order that is meant; of several, who asks must choose."""
    names = orders_meant(ledger.client, given, source, ledger.parts.places)
    known = [name for name in names if is_known(ledger, name)]
    if len(known) == 1:
        return known[0]
    found = [Match("order", name) for name in known]
    if not found:
        found = matches(ledger, given, source)
    if not found:
        found, _ = look_through(ledger, given, LOOK_SECONDS)
    names = list(orders_of(found))
    if len(names) == 1:
        if not as_json:
            by = next(one.by for one in found if one.order)
            click.echo(plain(f"{given} is found as {by} of {names[0]}"), err=True)
        return names[0]
    if not found:
        return given
    _choose(given, found, names, as_json=as_json)
    raise SystemExit(1)


def _choose(
    given: str, found: Sequence[Match], names: Sequence[str], *, as_json: bool
) -> None:
    """List what a text names, each as it can be asked for."""
    if as_json:
        some = {"order": given, "known": False, "orders": list(names)}
        print_json(some | {"matches": [match_document(one) for one in found]})
        return
    by = ", ".join(dict.fromkeys(one.by for one in found))
    what = f"{len(names)} orders have" if names else "no order has"
    click.echo(f"{what} {plain(given)} ({by}):", err=True)
    for name in names[:LISTED]:
        click.echo(f"  waybill explain {plain(shlex.quote(name))}", err=True)
    if len(names) > LISTED:
        click.echo(f"  and {len(names) - LISTED} more: waybill find", err=True)
    for one in found:
        if not one.order:
            shown = f"  waybill dead-letters show {shlex.quote(one.item)}"
            click.echo(plain(shown), err=True)


def _story(ledger: Opened, order: str) -> OrderStory | None:
    places = ledger.parts.places
    try:
        return story(ledger.client, order, ledger.configured(), places)
    except DecodeError as error:
        message = f"the record of {plain(order)} cannot be read: {error}; "
        message += _mended(error, plain(keys.record(places.root_of(order), order)))
        raise click.ClickException(message) from error


def _mended(error: DecodeError, record: str) -> str:
    """What a person can do about a record that cannot be read."""
    if isinstance(error, LayoutError):
        return "run workers and this command of the release that wrote it"
    return (
        f"delete the key {record} and publish its order.placed again, under a new id, "
        "with data.baseline true where receivers have been notified of it"
    )


def what_to_check(ledger: Opened, order: str) -> Iterator[str]:
    """What may be the matter when nothing is known of an order."""
    yield f"Nothing is known of order {order}. What to check:"
    absent = missing(ledger.client, ledger.settings.partitions)
    if absent is not None:
        yield f"- Redis: {absent}"
    for other in spellings(order):
        names = orders_meant(ledger.client, other, "", ledger.parts.places)
        yield from (f"- did you mean {one}?" for one in names if _story(ledger, one))
    yield "- the spelling: it is the ERP's order number, and case counts"
    further = f"`waybill find {shlex.quote(order)}` looks through every order"
    yield f"- whether it is a customer, an event or a number of Westcon's: {further}"
    days = ledger.settings.retention / 86_400
    yield f"- its age: orders are forgotten {days:g} days after their watch has ended"
    stream = ledger.stream
    if stream.losses().open:
        yield "- the stream: events were dropped from it; see waybill status"
    if not any(one.heartbeat.intake for one in Heartbeats(ledger.client).alive()):
        yield "- the workers: none runs Intake now, so that no event is read"
    if stream.oldest_ms() is None:
        yield "- whether it was published: no event waits in the stream"
    else:
        pending = stream.pending_count()
        yield (
            "- the stream: events wait in it that are not admitted yet"
            f" ({pending} pending); see waybill status"
        )
    yield "- whether its event was refused: see waybill dead-letters list --kind event"


def spellings(order: str) -> list[str]:
    """Other ways in which a person may have written the same number."""
    bare = order.strip()
    ways = (bare, bare.upper(), bare.lower(), bare.lstrip("0"))
    return [way for way in dict.fromkeys(ways) if way and way != order]


def _print(found: OrderStory, blocked: Blocked, ledger: Opened) -> None:
    now_ms, endpoints = found.at_ms, ledger.settings.of(Ingram).endpoints
    click.echo(f"order {plain(found.order.number)}")
    for name, value in references(found.order, endpoints):
        click.echo(f"  {name}: {plain(value)}")
    click.echo(f"  now: {plain(now_text(found, blocked))}")
    for watch in found.watches:
        at = f" at {watch.destination}" if len(found.watches) > 1 else ""
        click.echo(f"  watch{plain(at)}: {watch_text(watch, now_ms)}")
        _print_blocked(watch, blocked, now_ms)
    for one in found.deliveries:
        known = ledger.parts.destinations.get(one.destination)
        most = known.retry.attempts if known else None
        click.echo(f"  {plain(delivery_text(one, now_ms, most))}")
        click.echo(f"    {plain(one.ref)}")
        _print_blocked(one, blocked, now_ms)
    if found.order.lines:
        click.echo("")
        print_table(LINES, map(line_row, found.order.lines), right=("quantity",))
    lines = found.order.lines
    facts = (
        shipment_text(lines),
        parcel_text(found.order, found.watches),
        unread_text(lines),
        returned_text(found.order.returns),
    )
    for unread in chain.from_iterable(facts):
        click.echo(f"  {plain(unread)}")
    click.echo("")
    for entry in found.timeline:
        click.echo(f"{moment(entry.ms)}  {plain(words(entry.notes))}")


def _print_blocked(item: Item, blocked: Blocked, now_ms: int) -> None:
    for line in blocked_text(item, blocked.get(item.ref, ()), now_ms):
        click.echo(f"    {plain(line)}")
