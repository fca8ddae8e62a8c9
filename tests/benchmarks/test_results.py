"""What results cost: what is made of what was measured."""

from dataclasses import replace

from benchmarks.contenders import waybill_contender
from benchmarks.details import results
from benchmarks.details.results import WITH, WITHOUT, Cost

URLS = "redis://127.0.0.1:1/0", "http://127.0.0.1:2"
PLAIN = Cost(WITHOUT, per_second=100.0, worker_ms=2.0, redis_ms=1.0)
TOLD = Cost(WITH, 96.0, 2.1, 1.0, results=3.0, json_bytes=300.0, beyond_bytes=80.0)


def test_who_tells_nothing_differs_in_nothing_else() -> None:
    ours, theirs = waybill_contender(*URLS), results.without(*URLS)

    extra = {"WAYBILL_RESULTS__TYPES": "[]"}
    assert theirs == replace(ours, environment={**ours.environment, **extra})


def test_results_are_held_against_the_rate_the_cpu_and_the_memory() -> None:
    rate, cpu, size = results.goals([PLAIN, TOLD])

    assert (rate.met, cpu.met, size.met) == (True, True, True)
    slow = replace(TOLD, per_second=94.0, worker_ms=2.2, beyond_bytes=151.0)
    assert [one.met for one in results.goals([PLAIN, slow])] == [False] * 3
