"""Act on a destination's gate: one call goes now."""

from workers.ledger import keys
from workers.ledger.audit.actor import Actor, Deed
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import text


def open_gate(scripts: Scripts, destination: str, partitions: int, by: Actor) -> bool:
    """Have one call go now, which decides; whether the gate was closed.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    opened = False
    for partition in range(partitions):
        arguments = (destination, keys.gate(destination))
        call = Call("gate_open", keys.prefix(partition), arguments)
        deed = Deed(
            "gate.opened", destination, "opened", before="closed", after="trial"
        )
        opened |= text(by.run_act(scripts, call, deed)) == "opened"
    return opened
