"""The door as it is for the ledger's layout, which may change while it is open."""

import time
from contextlib import suppress

import redis
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from waybill.serve.application import QUIET, application
from waybill.serve.metrics import DoorMetrics
from workers.ledger.layout.layout import Layout, Stage, layout_of, unmoved
from workers.redis.clients import hasty_client
from workers.settings.settings import Settings
from workers.wiring.ledger import as_wide

log = structlog.get_logger()

#: Seconds for which a layout is taken for the ledger's while no order moves.
HOLDS = 1.0


class Following:
    """Has each request answered by a door of the ledger's layout.

    It is looked at when there is a request, so that a door at rest asks Redis nothing.
    A request under way ends as it began.

    Args:
        settings: without the partners'.
        client: of the ledger, with as many connections as there are threads.
    """

    def __init__(self, settings: Settings, client: "redis.Redis") -> None:
        self._settings = settings
        self._client = client
        self._looks = hasty_client(settings.redis_url, "layout")
        self._metrics = DoorMetrics()
        self._layout = unmoved(settings.partitions)
        self._app = self._door(self._layout)
        self._looked: float | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the request answered."""
        if self._is_over() and scope.get("path") not in QUIET:
            await run_in_threadpool(self._look)
        await self._app(scope, receive, send)

    def _is_over(self) -> bool:
        """Whether the layout may be another one by now."""
        if self._looked is None or self._layout.stage is not Stage.SETTLED:
            return True
        return time.monotonic() - self._looked > HOLDS

    def _look(self) -> None:
        self._looked = time.monotonic()
        # What Redis does not answer now is the request's own trouble.
        with suppress(redis.RedisError):
            found = layout_of(self._looks, self._settings.partitions)
            if found != self._layout:
                self._app, self._layout = self._door(found), found
                log.info("layout_followed", version=found.version, width=found.width)

    def _door(self, layout: Layout) -> ASGIApp:
        settings = as_wide(self._settings, layout)
        return application(settings, self._client, layout, self._metrics)
