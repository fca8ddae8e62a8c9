"""The rows that disable receivers as they must stand, kept beside the real ones."""

from collections import Counter

from tasks.outcomes.outcome import Done, GiveUp, Outcome
from tests.defaults import endpoint_states
from tests.ledger.clock import World
from workers.ledger.endpoints.states import Failing

#: In a row, after which a receiver is disabled.
HOLD_AFTER = 2

_PREFIX = "ingram/"


class EndpointBook:
    """Reports to the real states what calls came to, and checks each answer.

    Attributes:
        disabled: the destinations of the disabled receivers.
        rows: how many were disabled for what they refused.
    """

    def __init__(self, world: World) -> None:
        self._states = endpoint_states(
            world.redis, world.scripts, world.partitions, 0.0, HOLD_AFTER
        )
        self._given_up: Counter[str] = Counter()
        self.disabled: set[str] = set()
        self.rows = 0

    def called(self, destination: str, outcome: Outcome, *, dies: bool) -> None:
        """Note a call; whoever is to disable the receiver may die before it does."""
        name = destination.removeprefix(_PREFIX)
        if name == destination:
            return
        if isinstance(outcome, Done):
            self._states.served(name)
            self._given_up[name] = 0
            return
        gave_up = isinstance(outcome, GiveUp)
        found = self._states.failed(name, outcome.code, gave_up=gave_up)
        self._given_up[name] += gave_up
        self._judge(destination, found)
        if found.verdict == "hold" and not dies:
            self.rows += 1
            self.disable(destination)

    def _judge(self, destination: str, found: Failing) -> None:
        row = self._given_up[destination.removeprefix(_PREFIX)]
        ends = row >= HOLD_AFTER and destination not in self.disabled
        expected = "hold" if ends else "noted"
        assert found.verdict == expected, f"{destination}: {found}, after {row}"

    def disable(self, destination: str) -> None:
        self._states.disable(destination.removeprefix(_PREFIX), "why")
        self.disabled.add(destination)

    def enable(self, destination: str) -> None:
        """Enabled, it begins its row anew."""
        name = destination.removeprefix(_PREFIX)
        self._states.enable(name)
        self.disabled.discard(destination)
        self._given_up[name] = 0
