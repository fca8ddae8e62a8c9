"""Faults that are not tried on a Cluster or behind sentinels, and why.

Each other fault is, once; what has several lengths or counts is not tried with each.
"""

from collections.abc import Mapping
from typing import Final

from tests.processes.ledger_servers import Kind

_OLDER = (
    "a server that comes back with an older file is a replica by then, and copies the"
    " primary's"
)
_ONE_LEDGER = "it is about one script, on a Redis without workers"

#: Runs of a test that differ from another one in a number alone.
SPARED: Final = frozenset(
    {
        "test_b2_a_redis_that_is_gone_and_comes_back_costs_nothing[20.0]",
        "test_b3_a_frozen_redis_is_reported_by_the_health_page_and_loses_nothing[30.0]",
        "test_two_bulk_replays_at_once_send_each_letter_once[10000]",
    }
)

#: Tests of many moments, of which those that `make test` has are tried.
MANY: Final = frozenset(
    {
        "test_a_worker_that_dies_at_a_step_costs_at_most_a_repeat_that_is_reported",
        "test_what_began_at_once_is_done_by_the_next_worker",
    }
)

#: By the test's name.
BOTH: Final[Mapping[str, str]] = {
    "test_b4_a_cut_between_workers_and_redis_repeats_nothing": (
        "clients reach each server by the address that it announces, and not by the"
        " proxy's"
    ),
    "test_b8_a_redis_without_disk_refuses_and_drops_nothing": (
        "each of the servers would need a small disk of its own"
    ),
    "test_b10_a_primary_that_becomes_a_replica_costs_nothing": (
        "it is a failover by hand, without sentinels; each run here has one"
    ),
    "test_b10_a_failover_under_load": "it has sentinels of its own, see below",
    "test_r1_an_older_file_repeats_what_was_forgotten_and_loses_nothing": _OLDER,
    "test_r2_an_aof_that_lost_a_second_is_found_and_loses_nothing": _OLDER,
    "test_r3_what_waits_is_due_at_its_time_after_the_clock_was_set_back": (
        "each server has a clock of its own, of which a failover changes the one that"
        " counts"
    ),
    "test_after_ten_hours_one_of_five_releasers_gets_the_item": _ONE_LEDGER,
}
_PROXIED = BOTH["test_b4_a_cut_between_workers_and_redis_repeats_nothing"]
_NETWORK = (
    "test_b4_reset_connections_to_redis_repeat_nothing",
    "test_b4_a_slow_way_to_redis_repeats_nothing",
    "test_b5_a_worker_without_redis_leaves_its_calls_to_another",
)


def why_not(test: str, kind: Kind) -> str:
    """Why a test is not tried there, "" if it is.

    Args:
        test: its name without parameters.
        kind: of the servers that the ledger is on.
    """
    if kind is Kind.REDIS:
        return ""
    return _PROXIED if test in _NETWORK else BOTH.get(test, "")
