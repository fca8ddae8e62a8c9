"""A worker follows the ledger's layout, as far as it can while it runs."""

from collections.abc import Callable

import redis
import structlog

from workers.ledger.layout.layout import Layout, kept, layout_of

log = structlog.get_logger()


class LayoutWatch:
    """Looks now and then whether the layout is another one.

    Args:
        client: of the ledger.
        layout: with which the worker began.
        anew: has the worker begin anew for so many partitions: each of its loops is for
            one of those that there were.
    """

    def __init__(
        self, client: "redis.Redis", layout: Layout, anew: Callable[[int], None]
    ) -> None:
        self._client = client
        self._anew = anew
        self._width = layout.width
        self.layout = layout

    def look(self) -> None:
        """Look once; raises redis.RedisError."""
        found = kept(self._client)
        if found is None and self.layout.version:
            # Redis came back with less than it had.
            found = layout_of(self._client, self._width)
        if found is None or found == self.layout:
            return
        self.layout = found
        if found.width == self._width:
            log.info("layout_followed", version=found.version, stage=found.stage)
            return
        log.info("layout_wider", partitions=self._width, now=found.width)
        self._anew(found.width)
