"""Deployment of a ledger: its name, and who may act on it.

Two deployments on one Redis would share the stream, every item and Celery's queues:
each would notify its own receivers of the other's orders.
"""

import redis

from workers.ledger import keys
from workers.ledger.audit.actor import Actor, Deed, run_beside
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import text

SETTING, RENAME = "WAYBILL_DEPLOYMENT", "waybill doctor --rename-deployment"


def owner(client: "redis.Redis") -> str:
    """The deployment whose ledger this is, "" without a name.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    return text(client.get(keys.DEPLOYMENT))


def adopt(client: "redis.Redis", deployment: str) -> str:
    """Name a ledger that has no name; whose it is now.

    Args:
        client: of the ledger.
        deployment: of the settings; "" names nothing.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    if deployment:
        client.set(keys.DEPLOYMENT, deployment, nx=True)
    return owner(client)


def rename(scripts: Scripts, old: str, new: str, by: Actor) -> str:
    """Give a ledger called `old` another name; whose it is now.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    call = Call("rename", keys.DEPLOYMENT, (keys.DEPLOYMENT, old, new))
    deed = Deed("ledger.renamed", new, "renamed", before=old, after=new)
    return text(run_beside(scripts, call, by, deed)[1])


def refusal(named: str, deployment: str) -> str:
    """Why a deployment may not act on a ledger; "" if it may.

    Args:
        named: whose ledger it is, "" without a name.
        deployment: of the settings, "" when it is not set.
    """
    if named in ("", deployment):
        return ""
    message = f"is {deployment}" if deployment else "is not set"
    return (
        f"the ledger in this Redis belongs to deployment {named}, {SETTING} {message},"
        " and two deployments on one Redis take each other's orders; point"
        f" WAYBILL_REDIS_URL at a Redis of its own, or set {SETTING}={named} where this"
        " is that deployment; to give the ledger another name, set it and run"
        f" `{RENAME} {named}`"
    )
