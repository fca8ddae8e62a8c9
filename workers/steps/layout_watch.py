"""A worker follows the ledger's layout, as far as it can while it runs."""

from collections.abc import Callable

import redis
import structlog

from workers.ledger.layout.layout import kept, layout_of
from workers.ledger.layout.places import Places
from workers.ledger.layout.recovered import recovered
from workers.ledger.scripts import Scripts

log = structlog.get_logger()


class LayoutWatch:
    """Looks now and then whether the layout is another one.

    Args:
        client: of the ledger.
        places: of this process, by the layout with which it began.
        anew: has the worker begin anew for so many partitions: each of its loops is for
            one of those that there were.
    """

    def __init__(
        self, client: "redis.Redis", places: Places, anew: Callable[[int], None]
    ) -> None:
        self._client = client
        self._places = places
        self._anew = anew
        self._width = places.layout.width
        #: Of the layout that the whole worker follows.
        self.version = places.layout.version

    def look(self) -> None:
        """Look once; raises redis.RedisError."""
        known, found = self._places.layout, kept(self._client)
        if known.version and (found is None or found.version < known.version):
            # Redis came back with less than it had, or one of a Cluster's.
            older = found or layout_of(self._client, self._width)
            found = recovered(Scripts(self._client), older, range(self._width))
        found = found or known
        if found.width != self._width:
            log.info("layout_wider", partitions=self._width, now=found.width)
            self._anew(found.width)
        elif found.version != self.version:
            self._places.layout = found
            self.version = found.version
            log.info("layout_followed", version=found.version, stage=found.stage)
