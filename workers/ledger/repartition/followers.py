"""Workers of a ledger that is repartitioned: whether they follow its layout."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from workers.ledger.identity.heartbeats import Alive, Heartbeats

#: Seconds between two looks.
PAUSE: Final = 1.0

#: What an older release's worker reports of the layout: nothing.
UNKNOWN: Final = -1


class OlderReleaseError(Exception):
    """Workers of a release that cannot follow a layout; their names are its words."""


def behind(alive: Sequence[Alive], version: int) -> list[str]:
    """Names of the workers that do not follow this version yet.

    Raises:
        OlderReleaseError: some never will.
    """
    older = [one for one in alive if one.heartbeat.layout == UNKNOWN]
    if older:
        raise OlderReleaseError(
            ", ".join(
                f"{one.heartbeat.name} ({one.heartbeat.version})" for one in older
            )
        )
    return [one.heartbeat.name for one in alive if one.heartbeat.layout < version]


def await_all(
    heartbeats: Heartbeats,
    version: int,
    report: Callable[[list[str]], None],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Wait until every worker that is alive follows this version of the layout.

    One that is frozen is not alive for this; partitions refuse what it places.

    Args:
        heartbeats: of the workers.
        version: of the layout.
        report: takes the names of those that are waited for.
        sleep: waits for so many seconds.

    Raises:
        OlderReleaseError: some never will.
        redis.RedisError: Redis does not answer.
    """
    while waiting := behind(heartbeats.alive(), version):
        report(waiting)
        sleep(PAUSE)
