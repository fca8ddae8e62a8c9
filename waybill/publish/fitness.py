"""Checks of Redis before events are published: persistence, and the right ledger."""

import click
import redis
from redis.exceptions import NoPermissionError

from waybill.connect import check_deployment
from waybill.trouble import place
from workers.redis.fitness import complaints, info_of
from workers.settings.settings import Settings


def check_kept(client: "redis.Redis", settings: Settings) -> None:
    """Refuse where a worker would; warn where it could not be found out.

    Raises:
        click.ClickException: Redis forgets, evicts, is too old or a replica.
        redis.RedisError: Redis does not answer.
    """
    info = info_of(client)
    if info is None:
        what = "may not ask INFO, so whether Redis keeps its data was not checked"
        click.echo(f"note: this user {what}; allow it +info", err=True)
        return
    assumed = settings.assume_persistent
    allowed = settings.allow_volatile_redis
    found = list(complaints(info, allow_volatile=allowed, assume_persistent=assumed))
    if found:
        listed = "\n".join(f"  {one}" for one in found)
        where = f"Redis at {place(settings.redis_url)}"
        message = f"nothing was published: {where} is not fit to keep it\n{listed}"
        raise click.ClickException(message)
    if any(complaints(info, assume_persistent=assumed)):
        what = "Redis does not persist (appendonly no): an event that is accepted"
        lost = "is lost when it restarts, as WAYBILL_ALLOW_VOLATILE_REDIS allows"
        click.echo(f"warning: {what} {lost}", err=True)


def check_owner(client: "redis.Redis", settings: Settings) -> None:
    """Refuse to publish to another deployment; warn where that is not known.

    Raises:
        SettingsTrouble: the ledger there is another deployment's.
        redis.RedisError: Redis does not answer.
    """
    try:
        check_deployment(client, settings.deployment, to_change=True)
    except NoPermissionError:
        if settings.deployment:
            what = "may not read wb:deployment, so whose ledger this is was not checked"
            click.echo(f"note: this user {what}; allow it +get on it", err=True)
