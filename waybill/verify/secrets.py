"""Secrets for `waybill verify`: from files, variables or an endpoint's settings."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

import click

from serializers.formats.secret_forms import oddities
from serializers.signatures.sign import webhook_key
from waybill.trouble import loaded
from workers.partners.ingram.endpoint import Secret
from workers.partners.ingram.settings import Ingram
from workers.settings.settings import Settings


def read(path: str) -> bytes:
    """Read the whole of a file; `-` is standard input.

    Raises:
        click.UsageError: it cannot be read.
    """
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class Secrets:
    """Those that the receiver accepts, and those that only explain.

    Attributes:
        encoding: the endpoint's `hub_encoding`, if asked.
    """

    accepted: tuple[str, ...] = field(repr=False)
    others: tuple[str, ...] = field(default=(), repr=False)
    encoding: Literal["base64", "hex"] | None = None


def given(
    files: Sequence[str], names: Sequence[str], environ: Mapping[str, str]
) -> tuple[str, ...]:
    """Read secrets from files and from variables named by the caller.

    Raises:
        click.UsageError: a variable is not set, a secret is empty or no text, or
            what follows a `whsec_` is not base64.
    """
    found = [_checked(_text(file), file) for file in files]
    for name in names:
        if name not in environ:
            raise click.UsageError(f"the variable {name} is not set")
        found.append(_checked(environ[name], name))
    return tuple(found)


def of_endpoint(name: str, environ: Mapping[str, str], at: datetime) -> Secrets:
    """Take an endpoint's secrets: those that sign at an instant are accepted.

    Raises:
        SettingsTrouble: the settings have gaps.
        click.UsageError: there is no such endpoint.
    """
    endpoints = loaded(lambda: Settings.load(environ)).of(Ingram).endpoints
    if name not in endpoints:
        raise click.UsageError(
            f"no endpoint is called {name} in WAYBILL_INGRAM__ENDPOINTS; there are:"
            f" {', '.join(endpoints) or 'none'}"
        )
    secrets = [
        Secret(one.value.get_secret_value(), one.valid_from, one.until)
        for one in endpoints[name].secrets
    ]
    return Secrets(
        accepted=tuple(one.value for one in secrets if one.signs(at)),
        others=tuple(one.value for one in secrets if not one.signs(at)),
        encoding=endpoints[name].hub_encoding,
    )


def _text(file: str) -> str:
    try:
        # An editor's line break at the end is not a secret's.
        return read(file).decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise click.UsageError(f"{file} holds no UTF-8 text") from None


def _checked(secret: str, of: str) -> str:
    if not secret:
        raise click.UsageError(f"the secret of {of} is empty")
    # On stderr, since a report as JSON has stdout for itself.
    for odd in oddities(secret):
        click.echo(f"the secret of {of} {odd.text}; {odd.now}", err=True)
    try:
        webhook_key(secret)
    except ValueError as error:
        raise click.UsageError(f"{of}: {error}") from None
    return secret
