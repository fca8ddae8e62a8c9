"""Tests of processes that are about one Redis alone, and why.

`make elsewhere` runs the others with the ledger on a Cluster and behind sentinels too.
"""

from collections.abc import Mapping
from typing import Final

from tests.processes.ledger_servers import Kind

_OWN = "it has servers of its own"

#: By the name of the file.
_BOTH: Final[Mapping[str, str]] = {
    "test_acl": "it is about the users of one Redis; for a Cluster's see"
    " test_cluster_secured.py",
    "test_broker_restart": "it is about the Redis that has the hints",
    "test_cluster": _OWN,
    "test_cluster_secured": _OWN,
    "test_demoted": "it is about a failover by hand, without sentinels",
    "test_failover": _OWN,
    "test_flower": "Flower shows the Redis that has the hints",
    "test_gaps": "it empties, deletes and replaces the stream of one Redis",
    "test_health_pages": "it kills, freezes and empties the one Redis",
    "test_hosted": "it takes INFO away, by which replicas are known",
    "test_idle": "it counts the commands of one Redis",
    "test_messages": "it goes through every key of one Redis",
    "test_partners_words": "Celery's events are at the Redis that has the hints",
    "test_partitions": "it is about partitions on one Redis",
    "test_refusals": "it is about what one Redis is like when a worker starts",
    "test_restored": "it is about older files of one Redis",
    "test_walks": "the map names the modules that a ledger on one Redis enters",
}

_SHARED = "it adds to the stream that a single Redis has for all partitions"
_CLUSTER: Final[Mapping[str, str]] = {
    "test_bad_events": _SHARED,
    "test_traces": _SHARED,
    "test_two_ways_in": _SHARED,
}

_SENTINEL: Final[Mapping[str, str]] = {
    "test_large_entries": "what is added again after a lost answer is another entry",
}
_ALONE: Final = {Kind.CLUSTER: _CLUSTER, Kind.SENTINEL: _SENTINEL}


def why_not(file: str, kind: Kind) -> str:
    """Why a file's tests are not run there, "" if they are.

    Args:
        file: its name without the ending.
        kind: of the servers that the ledger is on.
    """
    if kind is Kind.REDIS:
        return ""
    return _BOTH.get(file) or _ALONE[kind].get(file) or ""
