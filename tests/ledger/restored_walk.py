"""A walk whose ledger goes back to earlier moments, and whose clock is set back."""

from collections.abc import Callable

from tasks.restore_detection import Finding, Kind, Known, findings
from tests.ledger.backup import Backup, put_back, saved
from tests.ledger.clock import STREAM, World
from tests.ledger.walk import Act, Walk
from workers.ledger.restore.findings import Restores
from workers.ledger.restore.marks import LedgerMarks
from workers.ledger.restore.moments import Furthest, Moments

#: No pause of a walk is as long.
FAR = Furthest(10**12, 10**12)

FOUND = Finding(Kind.WENT_BACK, "it went back", 1, holds=True)


class RestoredWalk(Walk):
    """A walk with a watch beside it, which looks after every step.

    Attributes:
        restores: how often the ledger was put back.
        held: whether nothing may be sent.
    """

    def __init__(self, world: World, seed: int) -> None:
        super().__init__(world, seed)
        scripts, count = world.scripts, world.partitions
        self._marks = LedgerMarks(world.redis, "walk", STREAM, count, scripts)
        self._moments = Moments(world.redis, count, world.destinations, FAR, scripts)
        self._kept = Restores(world.redis, count, scripts)
        self._backup: Backup | None = None
        self._known: Known | None = None
        self._went_back = False
        self.restores, self.held = 0, False

    def ways(self) -> tuple[tuple[Act, float], ...]:
        more = ((self.save, 0.6), (self.restore, 0.6), (self.accept, 2))
        return (*super().ways(), *more, (self.set_back, 0.7))

    def step(self, act: Callable[[], None]) -> None:
        begun, held = len(self.actions.judge.holders), self.held
        act()
        self._looks()
        if act == self.restore:
            self.actions.looks(claiming=True)
        else:
            assert not held or len(self.actions.judge.holders) == begun, (
                "begun when held"
            )
            self.actions.looks(claiming=act in {self.claim, self.release})

    def heal(self) -> None:
        self.accept()
        super().heal()

    def save(self) -> None:
        self._backup = saved(self.actions)

    def restore(self) -> None:
        """Redis comes back with an older file; sometimes nothing is sent then."""
        if self._backup is None:
            return
        put_back(self.actions, self._backup)
        self._backup, self._went_back = None, True
        self.restores += 1
        # Held or not is as it was in the file.
        self.held = self._kept.restored().held

    def accept(self) -> None:
        self._kept.accept()
        self.held = False

    def set_back(self) -> None:
        """Redis' clock is set back by so much that all moments follow it."""
        self.world.clock.advance(-self.dice.choice((60_000, 300_000, 3_600_000)))

    def _looks(self) -> None:
        """The watch looks: it finds each restore, and nothing else goes back."""
        look = self._marks.look()
        found = {one.kind for one in findings(self._known, look)}
        assert (Kind.WENT_BACK in found) == self._went_back, f"{found}, of a restore"
        self._known = Known(look.marks, (look.asked, look.answered))
        if self._went_back and self.chance(0.5):
            self._kept.report(FOUND, "walk", hold=True)
            self.held = True
        self._went_back = False
        if look.stepped_back_ms:
            self._moments.shift(look.stepped_back_ms)
            self.actions.gates.shift(look.stepped_back_ms)
