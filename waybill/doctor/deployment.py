"""Check that the ledger belongs to this deployment, and the way to rename it."""

from collections.abc import Mapping

import click
import redis

from waybill.status.served import places
from waybill.trouble import SettingsTrouble, loaded, redis_trouble_shown
from workers.ledger.identity.deployment import SETTING, owner, refusal, rename
from workers.ledger.identity.heartbeats import Heartbeats
from workers.partners.check import Check, ok, warning, wrong
from workers.redis.bounded_client import changing_client
from workers.settings.settings import Settings

NAME = "ledger.deployment"


def deployment_check(client: "redis.Redis", deployment: str) -> Check:
    """Whose ledger it is; raises redis.RedisError."""
    named = owner(client)
    if refused := refusal(named, deployment):
        heartbeat, _, advice = refused.partition("; ")
        return wrong(NAME, heartbeat, advice)
    if not deployment:
        heartbeat = (
            f"{SETTING} is not set: another deployment on this Redis is not noticed"
        )
        return warning(
            NAME, heartbeat, "set it to a name of this deployment, as production"
        )
    if not named:
        return ok(
            NAME, f"no name yet; the next worker that starts makes it {deployment}"
        )
    return ok(NAME, f"belongs to {named}")


def renamed(environ: Mapping[str, str], old: str) -> str:
    """Give the ledger the name in the settings; what that changed.

    Args:
        environ: of the command.
        old: the name that it has, so that no other ledger is meant.

    Raises:
        click.ClickException: the settings or Redis fail, the ledger has another name,
            or workers of another name are alive.
    """
    settings = loaded(lambda: Settings.load_redis(environ))
    new = settings.deployment
    if not new:
        raise SettingsTrouble(f"{SETTING} is not set; set it to the new name")
    with redis_trouble_shown(settings.redis_url):
        client = changing_client(settings.redis_url, "doctor")
        with client:
            _check_nobody_else(client, new)
            named = rename(client, old, new)
    if named != new:
        what = f"belongs to {named}" if named else "has no name"
        raise click.ClickException(f"the ledger {what}, not to {old}; nothing was done")
    return f"the ledger belongs to {new}"


def _check_nobody_else(client: "redis.Redis", new: str) -> None:
    alive = [
        one for one in Heartbeats(client).alive() if one.heartbeat.deployment != new
    ]
    if alive:
        raise click.ClickException(
            f"workers of another name are alive: {places(alive)}; stop them, then run"
            " this again"
        )
