"""The layers of the tests, each asked what it sees of a planted mistake."""

import contextlib
from collections.abc import Sequence
from itertools import count

import redis
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from redis.exceptions import ResponseError

from tests.ledger.clock import HOLDING, build
from tests.ledger.machine import machine
from tests.ledger.replay_seed import STEPS
from tests.ledger.test_machine import SEARCH
from tests.ledger.walk import Walk
from tests.model import watch
from tests.model.explore import explore
from tests.model.rules import RULES
from tests.model.states import first
from tests.model.test_model import FAULTLESS, MISTAKES, TWO_FAULTS
from tests.mutants.mutant import Mutant, planted

#: What a mistake shows itself by: a broken rule, or a script that stumbles.
BROKEN = (AssertionError, ResponseError)


class Counted(Walk):
    """A walk that knows how far it came."""

    taken = 0

    def step(self, act: object) -> None:
        self.taken += 1
        super().step(act)  # type: ignore[arg-type]  # (what the walk itself gives)


#: Short walks of the kind that every test run takes, then a few long ones.
WALKS = (*((seed, STEPS) for seed in range(10)), *((seed, 400) for seed in range(12)))


def seeds(
    client: redis.Redis, mutant: Mutant, walks: Sequence[tuple[int, int]] = WALKS
) -> str:
    """Walk until a seed breaks; which one, at which step, "" when none does."""
    with planted(mutant):
        for seed, steps in walks:
            client.flushall()
            partitions = 4 if seed % 2 else 1
            world = build(client, partitions=partitions, known=HOLDING)
            walk = Counted(world, seed)
            try:
                walk.whole(steps)
            except BROKEN:
                return f"{seed}, {walk.taken}"
    return ""


def examples(client: redis.Redis, mutant: Mutant, most: int) -> str:
    """Run the machine until an example breaks; how many it took, "" when none does.

    What breaks is not made shorter here, and the dice are the same in every run.
    """
    search = settings(
        SEARCH, max_examples=most, phases=(Phase.generate,), derandomize=True
    )
    begun = count()

    class Example(machine(client)):  # type: ignore[misc]  # (a class made on the spot)
        def __init__(self) -> None:
            next(begun)
            super().__init__()

    with planted(mutant), contextlib.redirect_stdout(None):
        try:
            run_state_machine_as_test(Example, settings=search)
        except BROKEN:
            return str(next(begun))
    return ""


def model(mutant: Mutant) -> str:
    """Search the model with the same mistake; the rule that breaks, "" without one."""
    wrong = mutant.model
    if not wrong:
        return ""
    if wrong in watch.MISTAKES:
        return watch.explore(wrong).broken
    rule = MISTAKES.get(wrong)
    if rule is None:
        # What only keeps the end from being reached needs no fault for that.
        return explore(first(2, FAULTLESS), RULES, wrong).broken
    return explore(first(2, TWO_FAULTS), {rule: RULES[rule]}, wrong).broken
