"""Redis keys of audit chains beside the partitions, see `workers.ledger.keys`.

On a Cluster what people change beside the partitions is in a slot of its own, and so is
the chain of what they do to it.
"""

from typing import Final

from workers.ledger import keys

#: A partition's number, or the key on whose changes a chain has its entries.
Chain = int | str

#: The keys that have a chain.
CHAINS: Final = f"{keys.prefix(0)}chains"


def root_of(chain: Chain) -> str:
    """What the keys of a chain begin with."""
    return keys.prefix(chain) if isinstance(chain, int) else f"{{{chain}}}:beside:"


def named(chain: Chain) -> str:
    """A chain as it is called where people read it."""
    return f"partition {chain}" if isinstance(chain, int) else chain
