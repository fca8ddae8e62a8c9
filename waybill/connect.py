"""Opens the ledger for a command: settings, a client, and the ledger's parts."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import click
import redis
import structlog

from waybill.trouble import SettingsTrouble, loaded, redis_trouble_shown
from workers.ledger import keys
from workers.ledger.identity.deployment import owner, refusal
from workers.ledger.layout.layout import Layout, layout_of
from workers.ledger.stream.streams import AnyView, views_of
from workers.redis.answers import text
from workers.redis.bounded_client import changing_client, looking_client
from workers.redis.clients import ledger_client
from workers.settings.settings import Settings
from workers.wiring.ledger import LedgerParts, as_wide, ledger_parts, stream_names
from workers.wiring.partners import destinations_of


@dataclass(frozen=True, slots=True)
class Opened:
    """A ledger that a command may use.

    Attributes:
        settings: of the command, for as many partitions as the ledger has.
        parts: of the ledger.
        layout: of the ledger as it was when it was opened.
    """

    settings: Settings
    parts: LedgerParts
    layout: Layout

    @property
    def client(self) -> "redis.Redis":
        return self.parts.client

    @property
    def stream(self) -> AnyView:
        return views_of(self.client, stream_names(self.settings))

    def configured(self) -> list[str]:
        """Destinations of the settings."""
        return [destination.name for destination in destinations_of(self.settings)]

    def destinations(self) -> list[str]:
        """Those of the settings, then others for which the ledger holds work."""
        named = dict.fromkeys(self.configured())
        for partition in range(self.settings.partitions):
            held = self.client.smembers(keys.destinations(keys.prefix(partition)))
            named |= dict.fromkeys(sorted(map(text, held)))
        return list(named)


def now_ms(client: "redis.Redis") -> int:
    """UTC ms by Redis' clock."""
    seconds, micros = client.time()
    return int(seconds) * 1000 + int(micros) // 1000


#: Makes a client of the Redis at a URL, which CLIENT LIST shows under this name.
ClientOf = Callable[[str, str], "redis.Redis"]


@contextmanager
def opened(
    environ: Mapping[str, str],
    *,
    to_change: bool = False,
    client_of: ClientOf | None = None,
) -> Iterator[Opened]:
    """The ledger that the environment's settings name.

    Args:
        environ: of the command.
        to_change: whether it is to be changed, for which Redis is waited for longer.
        client_of: makes the client of a command that works for long.

    Raises:
        SettingsTrouble: they have gaps, or are of another deployment and the ledger is
            to be changed.
        click.ClickException: Redis failed.
    """
    _log_beside_output()
    settings = loaded(lambda: Settings.load(environ))
    with redis_trouble_shown(settings.redis_url):
        of_kind = client_of or (changing_client if to_change else looking_client)
        client = of_kind(settings.redis_url, "cli")
        try:
            check_deployment(client, settings.deployment, to_change=to_change)
            yield opened_on(client, settings)
        finally:
            client.close()


def _log_beside_output() -> None:
    """Have the log go to standard error: what a command prints may be read as JSON."""
    if not structlog.is_configured():
        structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))


def opened_on(client: "redis.Redis", settings: Settings) -> Opened:
    """The ledger that is on this client; raises redis.RedisError."""
    layout = layout_of(client, settings.partitions)
    wide = as_wide(settings, layout)
    return Opened(wide, ledger_parts(wide, client, layout=layout), layout)


def lasting_client(url: str, name: str) -> "redis.Redis":
    """For a command that may take as long as it wants, call by call.

    One to which Redis does not answer at all is refused within seconds.
    """
    first = changing_client(url, name)
    try:
        first.get(keys.PARTITIONS)
    finally:
        first.close()
    return ledger_client(url, connections=4)


def check_deployment(
    client: "redis.Redis", deployment: str, *, to_change: bool
) -> None:
    """Refuse to change another deployment's ledger; who only reads is warned.

    Raises:
        SettingsTrouble: it is another's, and is to be changed.
        redis.RedisError: Redis does not answer.
    """
    refused = refusal(owner(client), deployment)
    if refused and to_change:
        raise SettingsTrouble(refused)
    if refused:
        click.echo(f"warning: {refused}", err=True)
