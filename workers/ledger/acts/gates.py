"""Act on a destination's gate: one call goes now."""

from typing import Literal

from workers.ledger import keys
from workers.ledger.audit.actor import Actor, Deed, run_beside
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import text
from workers.redis.cluster.client import ClusterClient

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
    deed = Deed("gate.opened", destination, "opened", before="closed", after="trial")
    if isinstance(scripts.client, ClusterClient):
        apart = Call("gate_open_apart", key, (key,))
        key, word = "", text(run_beside(scripts, apart, by, deed))
    for partition in range(partitions):
        # It is opened once, and has one entry.
        given = (destination, key, word, int(not partition))
        call = Call("gate_open", keys.prefix(partition), given)
        if word:
            scripts.run(call)
        else:
            word = text(by.run_act(scripts, call, deed))
    return _WORDS[word]
