"""`waybill orders`: lists orders, and takes what a person decides about them."""

import click

from waybill.console import example
from waybill.orders.assign import assign_order
from waybill.orders.export import export_orders
from waybill.orders.listing import list_orders


@click.group(
    epilog=example(
        "waybill orders list --failing", "waybill orders assign SO-10042 6001234"
    )
)
def orders() -> None:
    """List or export orders, and decide what only a person knows of them."""


orders.add_command(list_orders)
orders.add_command(export_orders)
orders.add_command(assign_order)
