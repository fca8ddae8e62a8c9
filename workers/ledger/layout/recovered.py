"""Recovery of a layout that the ledger has lost while partitions follow it.

On a Cluster the layout is on one primary, and what was placed by it on others: a
failover may take the newest layout alone. Each partition keeps the one that it follows,
which was decided once, so that the newest of those is put back. Nothing older ever
takes a newer one's place.
"""

from collections.abc import Iterable

import structlog

from workers.ledger import keys
from workers.ledger.layout import keys as layout_keys
from workers.ledger.layout.layout import Layout, decision, decode, layout_of
from workers.ledger.scripts import Scripts
from workers.redis.answers import text

log = structlog.get_logger()


def recovered(scripts: Scripts, found: Layout, partitions: Iterable[int]) -> Layout:
    """The newest layout that one of these partitions follows, or the one found.

    Where that is newer, the ledger has it again, or another that was decided since. It
    may run again, and at the same time anywhere.

    Args:
        scripts: on the ledger's client.
        found: as the ledger has it.
        partitions: whose copies are looked at.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    copies = _copies(scripts, partitions)
    newest = max(copies, key=lambda one: one.version, default=found)
    while newest.version > found.version:
        if scripts.run(decision(found, newest)):
            log.warning(
                "layout_recovered",
                version=newest.version,
                partitions=newest.count,
                lost=newest.version - found.version,
            )
            return newest
        found = layout_of(scripts.client, found.width)
    return found


def _copies(scripts: Scripts, partitions: Iterable[int]) -> list[Layout]:
    pipeline = scripts.client.pipeline(transaction=False)
    for partition in partitions:
        pipeline.get(layout_keys.copy(keys.prefix(partition)))
    kept = pipeline.execute() if pipeline.command_stack else []
    return [decode(text(one)) for one in kept if one is not None]
