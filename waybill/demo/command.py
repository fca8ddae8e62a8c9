"""`waybill demo`: the end-to-end demo on this machine, in about half a minute."""

import os
import sys

import click

from waybill.demo.run import Wishes, run


@click.command()
@click.option("--keep", is_flag=True, help="Stay up afterwards, until Ctrl-C.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the summary as JSON; progress goes to standard error.",
)
@click.option("--plain", is_flag=True, help="Print lines instead of a live table.")
@click.option("--verbose", is_flag=True, help="Print every process's log at the end.")
def demo(*, keep: bool, as_json: bool, plain: bool, verbose: bool) -> None:
    """Play the whole walk on this machine, and check what came of it.

    Starts Redis, stand-ins for all partners, two workers and Flower on free ports of
    the loopback; publishes the events of 25 orders; lets a receiver stumble, another
    one fail for good, and an event be malformed; compares what the partners saw with
    what the story asks for. Exits with 0 when nothing is missing, doubled, out of
    order or wrongly signed, else with 1. Everything is ended and removed afterwards.

    With WAYBILL_REDIS_URL it uses that Redis, whose database must be empty and is
    emptied afterwards. No other setting of the environment is looked at.

    Example: waybill demo --keep
    """
    wishes = Wishes(keep=keep, as_json=as_json, plain=plain, verbose=verbose)
    sys.exit(run(os.environ, wishes))
