"""Error messages for settings, or a Redis, with which no command can run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import click
import redis
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    NoPermissionError,
    ReadOnlyError,
    ResponseError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from workers.fields.amqp_url import amqp_address, is_amqp
from workers.redis.address import redis_address
from workers.redis.durability import UnconfirmedError
from workers.redis.failures import answer_failure, connection_failure, is_full
from workers.redis.primary import DemotedError, WithoutReplicasError
from workers.settings.settings import Settings, SettingsError
from workers.telemetry.masking import masked_text

LEDGER = "WAYBILL_REDIS_URL"
_SILENT = "does not answer; is it running, and is the URL right?"

_REPLICA = "is a replica; point {} at the primary"
#: What is wrong, by what was met; the first that fits.
_KINDS: Final[dict[type[redis.RedisError], str]] = {
    AuthenticationError: "refuses the user or password; correct {}",
    NoPermissionError: "does not permit this to the user; widen its ACL",
    BusyLoadingError: "is still loading its data; wait and try again",
    ReadOnlyError: _REPLICA,
    DemotedError: _REPLICA,
    WithoutReplicasError: "takes no writes: it has fewer replicas than its"
    " min-replicas-to-write; wait for them, and try again",
    RedisTimeoutError: "does not answer in time; is it overloaded or out of reach?",
}


class InDoubtError(click.ClickException):
    """A write is in Redis, and its replicas may not have it."""

    exit_code = 3


@contextmanager
def redis_trouble_shown(url: str, setting: str = LEDGER) -> Iterator[None]:
    """Turn errors of Redis into one line and exit code 1, or that of `InDoubtError`.

    Args:
        url: where Redis is; its user and password are not shown.
        setting: the variable that holds it.

    Raises:
        click.ClickException: Redis failed in the block.
    """
    try:
        yield
    except redis.RedisError as error:
        in_doubt = isinstance(error, UnconfirmedError)
        kind = InDoubtError if in_doubt else click.ClickException
        raise kind(trouble(error, url, setting)) from error


def trouble(error: redis.RedisError, url: str, setting: str = LEDGER) -> str:
    """One sentence on what is wrong and what to do."""
    return f"Redis at {place(url)} ({setting}) {_what(error, setting)}"


def _what(error: redis.RedisError, setting: str) -> str:
    if known := answer_failure(error):
        return known
    if is_full(error):
        return "is full; raise maxmemory or let the work drain"
    for kind, what in _KINDS.items():
        if isinstance(error, kind):
            return what.format(setting)
    return _other(error, setting)


def _other(error: redis.RedisError, setting: str) -> str:
    match error:
        case UnconfirmedError():
            return f"has it, but {error}; without them a failover may lose it"
        case RedisConnectionError():
            return connection_failure(error) or _SILENT
        case ResponseError():
            return _response(str(error), setting)
    return f"failed ({type(error).__name__})"


def _response(text: str, setting: str) -> str:
    # Servers refuse a login in several words, not all of which have a class.
    if text.startswith(("NOAUTH", "WRONGPASS")):
        return f"refuses the user or password; correct {setting}"
    return f"answered with an error: {masked_text(text)[:200]}"


def place(url: str) -> str:
    """Return where it is, without anything that could be secret."""
    try:
        return (amqp_address if is_amqp(url) else redis_address)(url).shown
    except ValueError:
        return "an address that cannot be read"


class SettingsTrouble(click.ClickException):
    """The settings have gaps, or do not fit the ledger."""

    exit_code = 2


def loaded(load: Callable[[], Settings]) -> Settings:
    """Settings from one of `Settings`' loaders.

    Raises:
        SettingsTrouble: with every gap and mistake.
    """
    try:
        return load()
    except SettingsError as error:
        raise SettingsTrouble(str(error)) from error
