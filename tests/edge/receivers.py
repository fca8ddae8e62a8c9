"""Receivers that remember ids and bodies."""

from dataclasses import dataclass, field

from tasks.outcomes.errors import PermanentError
from tests.edge.site import Ingram


@dataclass(slots=True)
class Receivers(Ingram):
    """Take everything, but for those that refuse."""

    arrived: list[tuple[str, str, bytes]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    refuse: frozenset[str] = frozenset()

    def send(
        self,
        endpoint: str,
        event_id: str,
        body: bytes,
        attempts: int,
        number: int = 0,
        trace: str = "",
    ) -> int:
        assert attempts >= 1
        assert not trace
        if endpoint in self.refuse:
            raise PermanentError("it refuses everything", code="http_400")
        self.arrived.append((endpoint, event_id, body))
        self.numbers.append(number)
        return 202

    def ids(self) -> list[tuple[str, str]]:
        return sorted((name, id_) for name, id_, _ in self.arrived)
