"""The `waybill` command: its sub-commands are imported when they are called."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import click

from waybill.output import guarded_output
from waybill.plain import plain_lines


@dataclass(frozen=True, slots=True)
class Lazy:
    """A sub-command: where it is, and its line in the list of commands."""

    module: str
    attribute: str
    short_help: str


#: Packages that only an extra installs, and which.
EXTRAS: Mapping[str, str] = {
    "httptools": "sandbox",
    "argon2": "web",
    "fastapi": "web",
    "jinja2": "web",
    "uvicorn": "web",
}

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


class LazyGroup(click.Group):
    """Knows its commands by name; listing them imports none."""

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

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        lazy = COMMANDS.get(cmd_name)
        if lazy is None:
            return None
        try:
            found = getattr(import_module(lazy.module), lazy.attribute)
        except ModuleNotFoundError as error:
            extra = EXTRAS.get(error.name or "")
            if extra is None:
                raise
            what = f"`waybill {cmd_name}` needs more: install waybill[{extra}]"
            raise click.ClickException(what) from error
        return cast("click.Command", found)  # a module's attribute has no type here

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, lazy.short_help) for name, lazy in COMMANDS.items()]
            )


@contextmanager
def _printable_errors() -> Iterator[None]:
    """Messages repeat arguments and settings, which may hold anything."""
    try:
        yield
    except click.ClickException as error:
        error.message = plain_lines(error.message)  # type: ignore[misc]  # final for who raises it
        raise


@click.group(
    cls=LazyGroup,
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
