"""A client for a sandbox that runs as another process.

It has the parts and methods of `sandbox.server.Sandbox`, so that a test or a
demo can be written for either. Only the standard library is needed.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.control.control_http import ControlError, ControlHttp
from sandbox.control.remote import (
    RemoteFaults,
    RemoteJournal,
    RemoteLinks,
    RemoteOrders,
    RemoteReceivers,
)
from sandbox.partners.ingram.receiver import Delivery

__all__ = ["ControlError", "SandboxControl"]


class SandboxControl:
    """A running sandbox, seen from another process.

    Args:
        url: where it listens. Every method raises `ControlError` when the
            sandbox refuses, `OSError` when nothing answers.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._http = ControlHttp(self.url)
        self.journal = RemoteJournal(self._http)
        self.faults = RemoteFaults(self._http)
        self.orders = RemoteOrders(self._http)
        self.receivers = RemoteReceivers(self._http)
        self.links = RemoteLinks(self._http)

    def health(self) -> Mapping[str, Any]:
        """`status` and `counts` per route."""
        health: Mapping[str, Any] = self._http.send("GET", "health")
        return health

    def deliveries(self, name: str | None = None) -> tuple[Delivery, ...]:
        """What a receiver, or all of them, got."""
        return self.receivers.deliveries(name)

    def applied(self, name: str) -> tuple[str, ...]:
        """The event ids a receiver acted on, each once."""
        return self.receivers.applied(name)

    def reset(self) -> None:
        """Forget orders, links, deliveries, faults and the journal, not tokens."""
        self._http.send("POST", "reset")

    def revoke_tokens(self) -> None:
        """Refuse every token given so far."""
        self._http.send("DELETE", "tokens")
