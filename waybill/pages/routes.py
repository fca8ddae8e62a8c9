"""Route of the console, which the door's log and metrics know by its path."""

from types import SimpleNamespace
from typing import Any

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

#: Where the console stands in the door.
ROOT = "/console"


class PageRoute(Route):
    """A page; its path is below the console."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have it answered, under its path with its parameters' names."""
        named: Any = SimpleNamespace(path=ROOT + self.path)
        scope["route"] = named
        await super().handle(scope, receive, send)
