"""Flower of the demo: where it listens, and who may look."""

import base64
import http.client
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from waybill.demo.free_port import free_port

USER = "demo"
_SECONDS = 2.0
_OK = 200


@dataclass(frozen=True, slots=True)
class Flower:
    """One Flower on the loopback, behind a password of this run."""

    port: int
    password: str = field(repr=False)

    @classmethod
    def on_a_free_port(cls) -> "Flower":
        """Choose port and password; nothing is started."""
        return cls(free_port(), secrets.token_urlsafe(12))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def command(self) -> tuple[str, ...]:
        options = (f"--port={self.port}", "--address=127.0.0.1")
        return ("celery", "-A", "workers", "flower", *options)

    @property
    def variables(self) -> Mapping[str, str]:
        # Not an option of the command: others on the machine can read those.
        return {"FLOWER_BASIC_AUTH": f"{USER}:{self.password}"}

    def answers(self) -> bool:
        """Whether its first page opens with the password, and not without."""
        told = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        try:
            opened = self._status({"Authorization": f"Basic {told}"})
            return opened == _OK and self._status({}) != _OK
        except OSError:
            return False

    def _status(self, headers: Mapping[str, str]) -> int:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=_SECONDS
        )
        try:
            connection.request("GET", "/workers", headers=dict(headers))
            return connection.getresponse().status
        finally:
            connection.close()
