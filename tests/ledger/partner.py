"""What becomes of a call: whether the partner has it, and what we know of that."""

import random
from dataclasses import dataclass

from tasks.outcome import Again, Done, GiveUp, Later, Outcome
from tasks.work import Hint


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was made: whether the partner has it, and what we know of it."""

    hint: Hint
    run: str
    arrived: bool
    outcome: Outcome

    @property
    def ref(self) -> str:
        return self.hint.claims[0].ref


def call(dice: random.Random, hint: Hint, run: str, *, watch: bool) -> Made:
    """Make the call that has begun; a look leaves nothing at the partner's."""
    after = dice.uniform(0.0, 120.0)
    again, later = Again(after, "no", "http_503"), Later(after, "wait", "x")
    unsure = Again(after, "unsure", "timeout", ambiguous=True)
    last = GiveUp("unsure", "timeout", ambiguous=True)
    missed = dice.choice((again, again, later, GiveUp("no", "http_400")))
    if watch:
        return Made(hint, run, arrived=False, outcome=missed)
    if dice.random() < 0.5:
        missed = dice.choice((missed, missed, missed, unsure, last))
        return Made(hint, run, arrived=False, outcome=missed)
    known = dice.choice((Done(), Done(), Done(), unsure, last))
    return Made(hint, run, arrived=True, outcome=known)
