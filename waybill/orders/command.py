"""`waybill orders`: lists orders, and takes what a person decides about them."""

from collections.abc import Mapping

import click

from waybill.console import example
from waybill.lazy_group import Lazy, LazyGroup

COMMANDS: Mapping[str, Lazy] = {
    "list": Lazy(
        "waybill.orders.listing",
        "list_orders",
        "List orders, those for which all options hold.",
    ),
    "export": Lazy(
        "waybill.orders.export",
        "export_orders",
        "Print orders with their lines and timelines, a line of JSON each.",
    ),
    "assign": Lazy(
        "waybill.orders.assign",
        "assign_order",
        "Give an order of Westcon's to the ERP's order whose it is.",
    ),
}


class Orders(LazyGroup):
    """Most who ask list, which needs neither planning nor partners."""

    lazy = COMMANDS


@click.group(
    cls=Orders,
    epilog=example(
        "waybill orders list --failing", "waybill orders assign SO-10042 6001234"
    ),
)
def orders() -> None:
    """List or export orders, and decide what only a person knows of them."""
