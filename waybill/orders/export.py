"""`waybill orders export`: orders with their timelines, a line of JSON each."""

import json
from collections.abc import Iterator, Mapping

import click

from serializers.errors import DecodeError
from serializers.order_record import unpack
from serializers.timeline.entry import decode
from waybill.connect import Opened, lasting_client, now_ms, opened
from waybill.console import TEXT, example
from waybill.destinations import check_destination, given_up
from waybill.explain.view import document
from waybill.orders.choosing import state_options
from workers.ledger import keys
from workers.ledger.reconcile.pages import RawOrder, entries, orders
from workers.ledger.views.order_items import WATCH, Item
from workers.ledger.views.order_list import Wanted, order_page
from workers.ledger.views.order_pass import Place
from workers.ledger.views.order_story import OrderStory

#: Orders that are in memory at one time.
PAGE = 200

#: What `explain` knows of an order besides, which would take several questions each.
LEFT_OUT = frozenset({"now", "watches", "deliveries"})


@click.command(
    name="export",
    epilog=example(
        "waybill orders export > orders.ndjson",
        "waybill orders export --open --customer CUST-204 | jq .order",
    ),
)
@state_options
@click.option("--destination", default="", type=TEXT, help="With work for it.")
@click.option("--customer", default="", type=TEXT, help="Of this customer.")
@click.pass_obj
def export_orders(
    environ: Mapping[str, str],
    /,
    *,
    state: str,
    destination: str,
    customer: str,
) -> None:
    """Print orders with their lines and timelines, a line of JSON each (NDJSON).

    The members are those of `waybill explain --json`, without what is being delivered.
    A few hundred orders are in memory at one time, however many there are. They come in
    no order of their own; one that changes meanwhile may come twice, and where Redis
    fails over or orders move into other partitions, many do: none is left out but one
    whose record cannot be read.
    """
    wanted = Wanted(state, destination=destination, customer=customer)
    with opened(environ, client_of=lasting_client) as ledger:
        if destination:
            check_destination(ledger, destination, "--destination", given_up(ledger))
        for one in exported(ledger, wanted):
            click.echo(json.dumps(one).replace("\x7f", "\\u007f"))


def exported(ledger: Opened, wanted: Wanted) -> Iterator[dict[str, object]]:
    """Their documents, page by page; raises redis.RedisError."""
    client, places = ledger.client, ledger.parts.places
    at: Place | None = Place()
    while at is not None:
        page = order_page(client, wanted, PAGE, at, places)
        names = [row.name for row in page.rows]
        moment_ms = now_ms(client)
        found = orders(client, names, places) if names else ()
        for one in found:
            yield from _documents(one, moment_ms)
        at = page.after


def _documents(one: RawOrder, moment_ms: int) -> Iterator[dict[str, object]]:
    """The order's document, none where its record is damaged meanwhile."""
    try:
        order = unpack(one.record)
    except DecodeError:
        return
    watch = Item(
        ref=keys.watch_ref("", one.name),
        kind=WATCH,
        destination="",
        state=one.state,
        due_ms=one.next_ms,
        looked_ms=one.looked_ms,
    )
    timeline = tuple(decode(entry, one.name) for entry in entries(one.timeline))
    story = OrderStory(order, one.version, (watch,), (), timeline, {}, moment_ms)
    whole = document(story, {})
    yield {name: value for name, value in whole.items() if name not in LEFT_OUT}
