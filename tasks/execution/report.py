"""Report of a task on its hint."""

from dataclasses import dataclass, field

from tasks.ledger_values import Delivery, Look, Refused
from tasks.outcomes.outcome import Again, Done, GiveUp, Later, Outcome

#: What the ledger gives up by itself, when an attempt is to begin.
LOST = GiveUp(
    "its attempts are used up, and none is known to have ended well", "worker_lost"
)


@dataclass(frozen=True, slots=True)
class MadeAttempt:
    """An attempt as the log shows it, beside its outcome.

    Attributes:
        ms: how long it took.
        of: the item as it began, None where nobody asks for more of it.
    """

    order: str
    attempts: int
    result: str
    ms: int
    of: Delivery | Look | None = None


@dataclass(slots=True)
class Report:
    """The outcomes of one hint's items, by ref.

    Attributes:
        outcomes: what became of each item that was tried.
        made: the attempts, as far as there were any.
        refused: how many claims were not ours any more.
        handed_back: how many were given back untried.
        more_due: whether a claim may find more at the destination, as far as the
            ledger's last answer shows.
    """

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    made: dict[str, MadeAttempt] = field(default_factory=dict)
    refused: int = 0
    handed_back: int = 0
    more_due: bool = True

    def refuse(self, refused: Refused) -> None:
        """Count a claim that is not ours; report one that has just died like any."""
        if refused.dead:
            self.outcomes[refused.claim.ref] = LOST
        else:
            self.refused += 1

    def add(self, other: "Report") -> None:
        """Take over what another hint of the same task led to."""
        self.outcomes.update(other.outcomes)
        self.made.update(other.made)
        self.refused += other.refused
        self.handed_back += other.handed_back
        self.more_due = other.more_due

    def failed(self) -> list[tuple[str, GiveUp]]:
        return [(r, o) for r, o in self.outcomes.items() if isinstance(o, GiveUp)]

    def waiting(self) -> list[tuple[str, Again | Later]]:
        waits = Again | Later
        return [(r, o) for r, o in self.outcomes.items() if isinstance(o, waits)]

    def counts(self) -> dict[str, int]:
        """How many of each, for the closing line of the log."""
        counted = {"done": 0, "again": 0, "later": 0, "given_up": 0}
        names = {Done: "done", Again: "again", Later: "later", GiveUp: "given_up"}
        for outcome in self.outcomes.values():
            counted[names[type(outcome)]] += 1
        counted |= {"refused": self.refused, "handed_back": self.handed_back}
        return {name: n for name, n in counted.items() if n}
