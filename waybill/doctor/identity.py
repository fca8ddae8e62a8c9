"""Checks of the ledger's identity: its deployment, and what names its orders."""

from collections.abc import Mapping

import click
import redis

from waybill.acting import Whose, actor_of
from waybill.status.served import places
from waybill.trouble import SettingsTrouble, loaded, redis_trouble_shown
from workers.ledger import keys
from workers.ledger.identity import namespace
from workers.ledger.identity.deployment import SETTING, owner, refusal, rename
from workers.ledger.identity.heartbeats import Heartbeats
from workers.ledger.scripts import Scripts
from workers.partners.check import Check, ok, warning, wrong
from workers.redis.answers import number
from workers.redis.bounded_client import changing_client
from workers.settings.settings import Settings

DEPLOYMENT, NAMESPACE = "ledger.deployment", "ledger.namespace"


def deployment_check(client: "redis.Redis", deployment: str) -> Check:
    """Whose ledger it is; raises redis.RedisError."""
    named = owner(client)
    if refused := refusal(named, deployment):
        message, _, advice = refused.partition("; ")
        return wrong(DEPLOYMENT, message, advice)
    if not deployment:
        message = (
            f"{SETTING} is not set: another deployment on this Redis is not noticed"
        )
        advice = "set it to a name of this deployment, as production"
        return warning(DEPLOYMENT, message, advice)
    if not named:
        message = f"no name yet; the next worker that starts makes it {deployment}"
        return ok(DEPLOYMENT, message)
    return ok(DEPLOYMENT, f"belongs to {named}")


def namespace_check(client: "redis.Redis", wanted: str, partitions: int) -> Check:
    """What names an order, and how often that merged two; raises redis.RedisError."""
    held = namespace.namespace_of(client)
    if refused := namespace.refusal(held, wanted):
        message, _, advice = refused.partition("; ")
        return wrong(NAMESPACE, message, advice)
    merged = _merged(client, partitions)
    if held == namespace.NUMBER and merged:
        message = f"{merged} orders have events of more than one source, and are merged"
        advice = (
            "where those are one ERP's, nothing is wrong; ERPs with numbers of their"
            f" own need {namespace.SETTING}=source on an empty Redis, or a Redis each"
        )
        return warning(NAMESPACE, message, advice)
    by = "source and number"
    if held == namespace.NUMBER:
        by = "number, whatever the source"
    return ok(NAMESPACE, f"orders are named by their {by}")


def renamed(environ: Mapping[str, str], old: str, whose: Whose) -> str:
    """Give the ledger the name in the settings; what that changed.

    Args:
        environ: of the command.
        old: the name that it has, so that no other ledger is meant.
        whose: who acts, and why.

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
            by = actor_of(settings, whose)
            named = rename(Scripts(client), old, new, by)
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


def _merged(client: "redis.Redis", partitions: int) -> int:
    pipeline = client.pipeline(transaction=False)
    for partition in range(partitions):
        pipeline.hget(keys.counts(keys.prefix(partition)), "merged")
    return sum(map(number, pipeline.execute()))
