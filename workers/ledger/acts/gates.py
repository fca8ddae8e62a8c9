"""Act on a destination's gate: one call goes now."""

import redis

from workers.ledger import keys
from workers.ledger.audit.actor import Actor, Deed
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import number, text
from workers.redis.cluster.client import ClusterClient, node_of


def open_gate(scripts: Scripts, destination: str, partitions: int, by: Actor) -> bool:
    """Have one call go now, which decides; whether the gate was closed.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    opened, key = False, keys.gate(destination)
    apart = isinstance(scripts.client, ClusterClient)
    arguments = ("", _opened_apart(scripts.client, key)) if apart else (key, "")
    for partition in range(partitions):
        before = int(opened)
        given = (destination, before, *arguments)
        call = Call("gate_open", keys.prefix(partition), given)
        # It is opened once, and has one entry.
        arguments = (arguments[0], "open")
        deed = Deed(
            "gate.opened", destination, "opened", before="closed", after="trial"
        )
        opened |= text(by.run_act(scripts, call, deed)) == "opened"
    return opened


def _opened_apart(client: "redis.Redis", key: str) -> str:
    """Open a gate of a Cluster, where it is in no partition's slot; as the script."""
    with node_of(client, key) as node:
        seconds, micros = node.time()
        now = seconds * 1000 + micros // 1000
    until, is_open, probe = map(number, client.hmget(key, "until", "open", "probe"))
    if until <= now and not (is_open and probe > now):
        return "open"
    client.hset(key, mapping={"until": now, "open": 1})
    client.hdel(key, "probe")
    return "opened"
