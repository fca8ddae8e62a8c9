"""Notification client with metrics of each endpoint."""

from tasks.planning.rules import INGRAM_PREFIX
from tasks.services import Ingram
from workers.partners.spec import Stopwatch


class MeasuredIngram:
    """The endpoints, measured one by one."""

    def __init__(self, ingram: Ingram, stopwatch: Stopwatch) -> None:
        self._ingram = ingram
        self._stopwatch = stopwatch

    def send(
        self, endpoint: str, event_id: str, body: bytes, attempts: int, number: int = 0
    ) -> int:
        """See `tasks.services.Ingram`; raises PartnerError."""
        send = self._ingram.send
        return self._stopwatch.time(
            INGRAM_PREFIX + endpoint,
            lambda: send(endpoint, event_id, body, attempts, number),
        )
