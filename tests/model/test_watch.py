"""Whatever an event meets: a look follows it, and only then may a watch end."""

import pytest

from tests.model.watch import MISTAKES, explore


def test_no_reachable_state_of_a_watch_breaks_a_rule() -> None:
    search = explore()

    print(f"{search.states} states, {search.moves} moves")  # noqa: T201 - the proof's size
    assert (search.broken, search.way) == ("", ())
    assert search.states > 1_000


@pytest.mark.parametrize("wrong", MISTAKES)
def test_a_mistake_about_a_watch_is_noticed_by_the_rule_it_breaks(wrong: str) -> None:
    search = explore(wrong)

    print(f"{search.states} states: {'; '.join(search.way)}")  # noqa: T201 - the counterexample
    assert search.broken == MISTAKES[wrong]
