"""Act on a destination's gate: one call goes now."""

from typing import Literal

import redis

from workers.ledger import keys
from workers.ledger.audit.actor import Actor, Deed
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import number, text
from workers.redis.cluster.client import ClusterClient, node_of

Word = Literal["opened", "trial", "open"]
_WORDS: dict[str, Word] = {"opened": "opened", "trial": "trial", "open": "open"}


def open_gate(scripts: Scripts, destination: str, partitions: int, by: Actor) -> Word:
    """Have one call go now, which decides.

    Answers `opened`; `trial` where somebody has opened it before and that call has no
    outcome yet, which is what a command finds whose first answer was lost; `open`
    where it was not closed.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    key, word = keys.gate(destination), ""
    if isinstance(scripts.client, ClusterClient):
        key, word = "", _opened_apart(scripts.client, key)
    for partition in range(partitions):
        # It is opened once, and has one entry.
        given = (destination, key, word, int(not partition))
        call = Call("gate_open", keys.prefix(partition), given)
        deed = Deed(
            "gate.opened", destination, "opened", before="closed", after="trial"
        )
        answer = text(by.run_act(scripts, call, deed))
        word = word or answer
    return _WORDS[word]


def _opened_apart(client: "redis.Redis", key: str) -> Word:
    """Open a gate of a Cluster, where it is in no partition's slot; as the script."""
    with node_of(client, key) as node:
        seconds, micros = node.time()
        now = seconds * 1000 + micros // 1000
    names = ("until", "open", "probe", "opened")
    until, is_open, probe, opened = map(number, client.hmget(key, names))
    if until <= now and is_open and opened == until:
        return "trial"
    if until <= now and not (is_open and probe > now):
        return "open"
    client.hset(key, mapping={"until": now, "open": 1, "opened": now})
    client.hdel(key, "probe")
    return "opened"
