"""Group of commands of which the module is imported that is called, and no other."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import cast

import click


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


class LazyGroup(click.Group):
    """Knows its commands by name; listing them imports none."""

    #: In the order in which they are listed.
    lazy: Mapping[str, Lazy] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        lazy = self.lazy.get(cmd_name)
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
                [(name, lazy.short_help) for name, lazy in self.lazy.items()]
            )
