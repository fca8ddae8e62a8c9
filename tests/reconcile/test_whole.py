"""Whole runs: every discrepancy is found, none besides, and the plan mends them all."""

import os
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.reconcile.inject import expected
from tests.reconcile.seeds import VARIANTS, seeds
from tests.reconcile.whole import Ran, whole

#: Orders of the long run; RECONCILED_ORDERS=100000 takes about a quarter of an hour.
ORDERS = int(os.environ.get("RECONCILED_ORDERS", "20000"))

#: MiB that a comparison may take, however many orders there are. With 700 it takes 89,
#: with 20,000 it takes 97.
MOST_MEMORY = 120


@pytest.mark.processes
def test_all_that_is_wrong_is_found_and_mended_and_nothing_else(tmp_path: Path) -> None:
    # A page of the work file has 500 orders, so that this is more than one.
    _is_found_and_mended(tmp_path, 700, 48)


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.processes
def test_the_same_of_many_orders_in_bounded_memory(tmp_path: Path) -> None:
    _is_found_and_mended(tmp_path, ORDERS, ORDERS // 50)


def _is_found_and_mended(folder: Path, orders: int, discrepancies: int) -> None:
    made = seeds(orders, discrepancies)
    plan = str(folder / "plan.ndjson")
    begun = time.monotonic()
    with whole(folder, made) as world:
        _show(f"{orders} orders seeded in {time.monotonic() - begun:.0f} s")

        first = world.compared("--plan", plan)
        found = Counter((one["kind"], one["order"]) for one in _findings(first))
        wanted = expected(made)
        missed, false = wanted - found.keys(), found.keys() - wanted
        _show(_ended("compared", first), f"{len(wanted)} wrong, {found.total()} found")

        assert not missed, sorted(missed)[:10]
        assert not false, [one for one in _findings(first) if _is(one, false)][:3]
        assert set(found.values()) == {1}
        assert {kind for kind, _ in wanted} == set(VARIANTS)
        assert first.code == 1

        with world.working():
            applied = world.run("reconcile", "apply", plan, "--json")
        results = Counter(one["result"] for one in applied.json)
        _show(_ended("applied", applied), str(dict(results)))
        assert results == {"made": discrepancies}, applied.json
        again = world.run("reconcile", "apply", plan, "--json")
        repeated = Counter(one["result"] for one in again.json)
        assert repeated == {"known": discrepancies}, repeated

        second = world.compared()
        _show(_ended("compared again", second), str(second.json["found"]))
        assert _findings(second) == []
        assert second.code == 0
        assert max(first.memory, second.memory) < MOST_MEMORY


def _findings(ran: Ran) -> list[dict[str, str]]:
    assert ran.code in {0, 1}, ran.err[-3000:] + ran.out[-3000:]
    found: list[dict[str, str]] = ran.json["findings"]
    return found


def _is(one: dict[str, str], some: set[tuple[str, str]]) -> bool:
    return (one["kind"], one["order"]) in some


def _ended(what: str, ran: Ran) -> str:
    return f"{what} in {ran.seconds:.1f} s, {ran.memory:.0f} MiB;"


def _show(*texts: str) -> None:
    print(*texts)  # noqa: T201 - what a run costs
