"""A turn of Release itself among the steps: it asks the gates and claims."""

from collections.abc import Sequence

from tasks.ledger_values import Hint
from tests.ledger.actions import Actions
from workers.dispatch.slots import Slots
from workers.steps.release import Release

THREADS = 4


class Round:
    """Release as a worker runs it; what it sends becomes the hands' hints."""

    def __init__(self, actions: Actions) -> None:
        self._actions = actions
        world = actions.world
        self._release = Release(
            world.claims,
            world.gates,
            self,
            world.destinations,
            world.room.most_leased,
            longest=1.0,
            seconds=lambda _: 1.0,
            slots=Slots(THREADS),
        )

    def turn(self) -> None:
        self._release.turn()

    def send(self, hints: Sequence[Hint]) -> None:
        """Take what Release claimed: nothing behind a closed gate, nothing parked."""
        for hint in hints:
            self._actions.gates.went(hint.destination)
            if not hint.claims:
                self._actions.gates.lapsed(hint.destination)
                continue
            assert hint.destination not in self._actions.parked, f"{hint} is parked"
            self._actions.hints.append(hint)
