"""Tests of the ledger that are about one Redis alone, and why.

`make elsewhere` runs the others with the ledger on a Cluster and behind sentinels too.
"""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.processes.ledger_servers import Kind

_OWN: Final = "it has servers of its own"

#: Fixtures that are servers beside those that LEDGER names.
_SERVERS: Final = frozenset({"redis_server", "servers", "cluster"})

#: By the name of the file, or of the test.
_BOTH: Final[Mapping[str, str]] = {
    "test_durability": _OWN,
    "test_on_cluster": _OWN,
    "test_unwritten": _OWN,
    "test_who_may_not_wait_reads_all_the_same": "it is about a user of one Redis",
}

_CLUSTER: Final[Mapping[str, str]] = {
    "test_a_single_partition_has_one_stream_whose_entries_have_their_own_ids": "it is"
    " about the stream that a single Redis has for all partitions",
    "test_losses_of_all_streams_are_counted_and_accepted": "the stream that a single"
    " Redis has for all partitions is among them",
}


def why_not(item: pytest.Item, kind: Kind) -> str:
    """Why a test is not run there, "" if it is.

    Args:
        item: the test.
        kind: of the servers that the ledger is on.
    """
    if kind is Kind.REDIS:
        return ""
    if _SERVERS.intersection(getattr(item, "fixturenames", ())):
        return _OWN
    known = {**_BOTH, **(_CLUSTER if kind is Kind.CLUSTER else {})}
    name = getattr(item, "originalname", item.name)
    return known.get(item.path.stem) or known.get(name) or ""
