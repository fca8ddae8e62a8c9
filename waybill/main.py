"""The `waybill` command: its sub-commands are imported when they are called."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from waybill.lazy_group import Lazy, LazyGroup
from waybill.output import guarded_output
from waybill.plain import plain_lines

#: In the order in which a newcomer needs them.
COMMANDS: Mapping[str, Lazy] = {
    "demo": Lazy(
        "waybill.demo.command", "demo", "Show the whole walk on this machine."
    ),
    "doctor": Lazy(
        "waybill.doctor.command",
        "doctor",
        "Check settings, Redis, ledger and partners.",
    ),
    "publish": Lazy(
        "waybill.publish.command",
        "publish",
        "Put events into the stream, checked first.",
    ),
    "status": Lazy(
        "waybill.status.command",
        "status",
        "Show what waits, what is held, what is wrong.",
    ),
    "explain": Lazy(
        "waybill.explain.command",
        "explain",
        "Show the timeline of one order and what it waits for.",
    ),
    "find": Lazy(
        "waybill.find.command",
        "find",
        "List the orders that a text may name.",
    ),
    "dead-letters": Lazy(
        "waybill.dead_letters.command",
        "dead_letters",
        "List, show, replay or discard what was given up.",
    ),
    "pause": Lazy(
        "waybill.acts.destinations",
        "pause",
        "Send a destination nothing; what comes waits.",
    ),
    "resume": Lazy(
        "waybill.acts.destinations", "resume", "Send a destination what waits."
    ),
    "gate": Lazy(
        "waybill.acts.destinations", "gate", "Have one call go to a closed destination."
    ),
    "poll": Lazy("waybill.acts.orders", "poll", "Have an order looked at now."),
    "abandon": Lazy("waybill.acts.orders", "abandon", "Give an order up."),
    "replay-stream": Lazy(
        "waybill.acts.stream", "replay_stream", "Add again what no ledger knows."
    ),
    "audit": Lazy(
        "waybill.audit.command",
        "audit",
        "List, verify or export who did what.",
    ),
    "results": Lazy(
        "waybill.results.command",
        "results",
        "Show what the ERP hears of its orders.",
    ),
    "orders": Lazy(
        "waybill.orders.command",
        "orders",
        "List or export orders; decide whose Westcon's are.",
    ),
    "partitions": Lazy(
        "waybill.partitions.command",
        "partitions",
        "Show partitions; move orders into another number of them.",
    ),
    "reconcile": Lazy(
        "waybill.reconcile.command",
        "reconcile",
        "Compare the ERP, the ledger, the partners and receivers; plan repairs.",
    ),
    "drift": Lazy(
        "waybill.drift.command",
        "drift",
        "List, show or forget what partners sent beyond their contracts.",
    ),
    "endpoints": Lazy(
        "waybill.endpoints.command",
        "endpoints",
        "List, show, test, disable or enable receivers of notifications.",
    ),
    "verify": Lazy(
        "waybill.verify.command",
        "verify",
        "Check the signature of a notification.",
    ),
    "serve": Lazy(
        "waybill.serve.command", "serve", "Serve the HTTP door and the web console."
    ),
    "sandbox": Lazy("waybill.sandbox", "sandbox", "Serve stand-ins of all partners."),
}


class Main(LazyGroup):
    """The process's command: what it prints is fit for any terminal."""

    lazy = COMMANDS

    def __call__(self, *args: Any, **extra: Any) -> Any:
        """Run as the process's command, its output guarded; see `guarded_output`."""
        with guarded_output():
            return self.main(*args, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; raises click.ClickException that is fit for a terminal."""
        with _printable_errors():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the sub-command; raises click.ClickException fit for a terminal."""
        with _printable_errors():
            return super().invoke(ctx)


@contextmanager
def _printable_errors() -> Iterator[None]:
    """Messages repeat arguments and settings, which may hold anything."""
    try:
        yield
    except click.ClickException as error:
        error.message = plain_lines(error.message)  # type: ignore[misc]  # final for who raises it
        raise


@click.group(
    cls=Main,
    epilog="Exit codes: 0 done, 1 what was asked about is not well or the output"
    " cannot be written, 2 bad usage or incomplete settings, 141 the output was closed"
    " meanwhile (`waybill … | head -1`). `waybill COMMAND --help` has an example of"
    " each.",
)
@click.version_option(package_name="waybill", message="waybill %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Watch over the orders between the ERP, Westcon, DECK and Ingram.

    Settings are read from WAYBILL_… variables, as the workers read them.
    """
    if ctx.obj is None:
        ctx.obj = os.environ
