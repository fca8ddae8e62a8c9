"""A run or an apply that is killed (SIGKILL) goes on: the same findings, each once."""

import itertools
import json
import re
import signal
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.processes.child import Child
from tests.processes.forked import WAYBILL
from tests.processes.waiting import until
from tests.reconcile.conftest import Planned
from tests.redis_servers import ONE_REDIS

pytestmark = [ONE_REDIS, pytest.mark.processes]

THREADS = 2

_numbers = itertools.count()

#: Where a run is killed: after so many further calls.
MOMENTS = (("deck.history", 3), ("deck.history", 20), ("westcon.order_status", 2))


def started(planned: Planned, *arguments: str) -> Child:
    rates = {"WAYBILL_DECK__RATE": "1800", "WAYBILL_WESTCON__RATE": "1800"}
    log = planned.plan.with_name(f"run-{next(_numbers)}.log")
    command = (WAYBILL, "reconcile", *arguments)
    return Child(command, log, planned.environ | rates)


def killed(one: Child, what: str, when: Callable[[], bool]) -> None:
    """Kill it once something is so, which is before its end."""
    until(what, when, 60)
    one.kill()
    assert one.exit_code() == -signal.SIGKILL


def printed(one: Child) -> Any:
    """Its document, among the lines of its progress."""
    output = one.output()
    begin = re.search(r"^[\[{]", output, re.MULTILINE)
    assert begin, output
    document, _ = json.JSONDecoder().raw_decode(output, begin.start())
    return document


def found(planned: Planned, *arguments: str) -> tuple[set[str], dict[str, int]]:
    """Ids of the repairs of a run to its end, and how many calls it made."""
    journal = planned.sandbox.journal
    begun = {name: journal.count(name) for name, _ in MOMENTS}
    run = started(planned, *arguments)
    assert run.exit_code() == 1, run.output()
    document = printed(run)
    assert document["not_asked"] == []
    made = {name: journal.count(name) - before for name, before in begun.items()}
    return {one["repair"]["id"] for one in document["findings"]}, made


def test_a_run_that_is_killed_at_any_moment_goes_on_with_what_it_has(
    planned: Planned,
) -> None:
    ask: Sequence[str] = (
        *(*planned.books, "--grace=0", "--yes", "--share=1", "--json"),
        f"--threads={THREADS}",
    )
    journal = planned.sandbox.journal
    wanted, whole = found(planned, *ask)
    begun = {name: journal.count(name) for name, _ in MOMENTS}

    for name, calls in MOMENTS:
        before = journal.count(name)
        run = started(planned, *ask)
        killed(run, name, lambda n=name, b=before, c=calls: journal.count(n) >= b + c)  # type: ignore[misc] # of this turn
    again, _ = found(planned, *ask)

    assert again == wanted == {one.repair.id for one in planned.repairs}
    for name, before in begun.items():
        twice = journal.count(name) - before - whole[name]
        # What was under way, or had just answered, at each end.
        assert twice <= 2 * THREADS * len(MOMENTS), (name, twice)


def test_an_apply_that_is_killed_goes_on_and_repairs_nothing_twice(
    planned: Planned,
) -> None:
    before = set(planned.effects())
    for made in (5, 12):
        run = started(planned, "apply", str(planned.plan), "--rate=1200")
        killed(
            run,
            f"{made} repairs",
            lambda n=made: len(planned.effects().keys() - before) >= n,  # type: ignore[misc] # of this turn
        )

    rest = started(planned, "apply", str(planned.plan), "--json")

    assert rest.exit_code() == 0, rest.output()
    results = [one["result"] for one in printed(rest)]
    assert set(results) == {"made", "known"}
    assert len(results) == len(planned.repairs)
    assert not {one: n for one, n in planned.effects().items() if n > 1}
