"""Who acts at a terminal, and why: `--as` and `--reason`."""

import getpass
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

import click

from waybill.console import TEXT, plain
from workers.ledger.audit.actor import Actor
from workers.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Whose:
    """Who acts and why, as it was typed; "" for what was not."""

    who: str = ""
    why: str = ""


def act_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Two options of a command that acts, which it takes as `whose`."""

    @wraps(command)
    def acting(*args: Any, who: str, why: str, **more: Any) -> Any:
        return command(*args, whose=Whose(who, why), **more)

    options = (
        click.option(
            "--as",
            "who",
            default="",
            type=TEXT,
            metavar="NAME",
            help="Who acts, for the audit; your login without it.",
        ),
        click.option(
            "--reason",
            "why",
            default="",
            type=TEXT,
            help="Why, for the audit.",
        ),
    )
    wrapped: Callable[..., Any] = acting
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped


def actor_of(
    settings: Settings, whose: Whose, door: str = "command", **facts: object
) -> Actor:
    """Who acts with these settings; one request has one name for all that it does.

    Args:
        settings: with the key that signs.
        whose: who acts, who has started the command where nobody is named, and why.
        door: the way by which the act comes, see `Actor`.
        facts: what belongs to every act of the request; what is empty is left out.
    """
    signing = audit_keys(settings)
    return Actor(
        who=whose.who.strip() or login(),
        why=whose.why.strip(),
        door=door,
        run=secrets.token_hex(4),
        key=signing[0] if signing else b"",
        facts={name: value for name, value in facts.items() if value},
    )


def grounds(by: Actor) -> str:
    """Why, and by whom, where that is kept beside what was done."""
    return ", ".join(filter(None, (plain(by.why), f"by {plain(by.who)}")))


def with_reason(whose: Whose, what: str) -> Whose:
    """The same with a reason, asked for where a person can answer.

    Raises:
        click.UsageError: nobody can, and none was given.
    """
    if whose.why.strip():
        return whose
    if not sys.stdin.isatty():
        raise click.UsageError(f"{what}: say why, with --reason")
    return replace(whose, why=str(click.prompt(f"{what}; why", type=TEXT)))


def audit_keys(settings: Settings) -> list[bytes]:
    """The keys of the audit: the first signs, all verify."""
    return settings.audit_key.get_secret_value().encode().split()


def login() -> str:
    """The name of the user who has started the command."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # A container's user need not have a name.
        return "nameless user"
