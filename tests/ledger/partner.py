"""Simulated partner: whether a call arrived, and what the caller knows of that."""

import random
from dataclasses import dataclass, replace

from tasks.ledger_values import Claim, Hint
from tasks.outcomes.outcome import Again, Done, GiveUp, Later, Outcome
from tests.ledger import acts
from tests.ledger.clock import World


@dataclass(frozen=True, slots=True)
class Going:
    """An attempt that has begun.

    Attributes:
        hint: its one claim.
        run: the run that began it.
        watch: whether it is a look, which leaves nothing at the partner's.
        rest: the claims that came in the same hint and are still to begin.
    """

    hint: Hint
    run: str
    watch: bool
    rest: tuple[Claim, ...] = ()

    @property
    def ref(self) -> str:
        return self.hint.claims[0].ref


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was made: whether the partner has it, and what we know of it."""

    going: Going
    arrived: bool
    outcome: Outcome

    @property
    def ref(self) -> str:
        return self.going.ref

    def at(self, partition: int) -> "Made":
        """The same where the item lies by now."""
        hint = replace(self.going.hint, partition=partition)
        return replace(self, going=replace(self.going, hint=hint))


def ends(after: float, *, watch: bool) -> tuple[tuple[Outcome, bool], ...]:
    """Every way a call may go: what we know of it, and whether it arrived.

    Args:
        after: seconds that the ones which come again wait.
        watch: whether it is a look; how one succeeds is for `advance` to record.
    """
    missed: tuple[tuple[Outcome, bool], ...] = (
        (Again(after, "no", "connect"), False),
        (Later(after, "wait", "x"), False),
        (GiveUp("no", "http_400"), False),
    )
    if watch:
        return missed
    unsure = Again(after, "unsure", "timeout", ambiguous=True)
    gateway = Again(after, "unsure", "http_502", ambiguous=True)
    last = GiveUp("unsure", "timeout", ambiguous=True)
    in_doubt = (unsure, gateway, last)
    known = [(one, arrived) for one in in_doubt for arrived in (True, False)]
    return ((Done(), True), *missed, *known)


def call(dice: random.Random, going: Going) -> Made:
    """Make the call that has begun: half of them arrive."""
    after = dice.uniform(0.0, 120.0)
    arrives = not going.watch and dice.random() < 0.5
    weights = {Done: 6, Again: 2, Later: 1, GiveUp: 1}
    some = [one for one in ends(after, watch=going.watch) if one[1] == arrives]
    likely = [weights[type(outcome)] for outcome, _ in some]
    ((outcome, arrived),) = dice.choices(some, likely)
    return Made(going, arrived, outcome)


def waits(world: World, going: Going, number: str, seconds: float | None) -> None:
    """The item of an order is due again in so many seconds, if it is due again."""
    if seconds is not None:
        found = acts.due_in(world, going.hint.destination, going.ref, number) / 1000
        assert found == seconds, f"{going.ref} is due in {found} s, not {seconds}"
