"""The protocol keeps its rules in every reachable state; each mistake breaks one."""

import pytest

from tests.model.explore import explore
from tests.model.rules import RULES
from tests.model.states import Budget, first

FAULTLESS = Budget(faults=0, crashes=0, ends=0, lost=0, repeats=0, replays=0)
ONE_DEATH = Budget(faults=1, crashes=1, ends=1, lost=0, repeats=0, replays=0)
ONE_FAULT = Budget(faults=1, crashes=1, ends=1, lost=1, repeats=1, replays=1)
TWO_FAULTS = Budget(faults=2, crashes=2, ends=2, lost=1, repeats=1, replays=1)

LONG = pytest.mark.long

#: What the scripts might get wrong, each with the rule that must notice it.
MISTAKES = {
    "a claim takes two steps": "I1 conservation",
    "an end pops the lane's head": "I1 conservation",
    "unsure counts as delivered": "I2 no phantom",
    "an ambiguous end is not counted": "I3 duplicates are explained",
    "the fence is asked before a success": "I4 delivered absorbs",
    "begin takes what is done": "I4 delivered absorbs",
    "no attempt is counted": "I5 attempts are bounded",
    "a claim raises no fence": "I6 fencing",
    "begin is not one-shot": "I6 fencing",
    "any fence may fail": "I6 fencing",
    "replay does not compare and set": "I7 replay once",
    "the lane is popped at the first failure": "I9 lane order",
}


@pytest.mark.parametrize(
    ("deliveries", "budget"),
    [
        pytest.param(1, TWO_FAULTS, id="one delivery, any two faults"),
        pytest.param(2, ONE_DEATH, id="two deliveries, a crash or a lease's end"),
        pytest.param(2, ONE_FAULT, id="two deliveries, any fault", marks=LONG),
    ],
)
def test_no_reachable_state_breaks_a_rule_or_cannot_be_completed(
    deliveries: int, budget: Budget
) -> None:
    search = explore(first(deliveries, budget), RULES)

    print(f"{search.states} states, {search.moves} moves")  # noqa: T201 - the proof's size
    assert (search.broken, search.way) == ("", ())
    assert search.states > 5_000


@pytest.mark.parametrize("wrong", MISTAKES)
def test_a_mistake_is_noticed_by_the_rule_it_breaks(wrong: str) -> None:
    rule = MISTAKES[wrong]

    search = explore(first(2, TWO_FAULTS), {rule: RULES[rule]}, wrong)

    way = "; ".join(str(move) for move in search.way)
    print(f"{search.states} states, {rule}: {way}")  # noqa: T201 - the counterexample
    assert search.broken == rule


def test_a_lane_whose_next_is_forgotten_cannot_be_completed() -> None:
    search = explore(first(2, FAULTLESS), RULES, "the lane's next is forgotten")

    assert search.broken == "I8 completion"
