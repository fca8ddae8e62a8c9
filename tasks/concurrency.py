"""Concurrency limits (a bulkhead): leases, size of a claim, threads of a destination.

Every function is of its arguments alone; who counts threads, calls and leases, and asks
a gate, stands in `workers.dispatch` and `workers.steps`.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Final

from tasks.destination import Destination

#: Every destination of the settings, by name. One that is not configured any more (an
#: endpoint taken out of the settings) keeps what the ledger holds for it: nothing is
#: claimed, and `waybill doctor` names it.
Destinations = Mapping[str, Destination]

#: As many calls are under way at a destination as this many a second would need, when
#: each takes as long as they do lately (Little's law): more only wait behind one
#: another, and an item that waits in the ledger is cheaper than one in a message.
CALLS_PER_SECOND: Final = 2000

#: Never fewer, however quick the destination is.
FEWEST: Final = 8

#: The share of a process's threads that one destination may take, so that one that
#: hangs leaves some to the others (a bulkhead).
SHARE: Final = 0.75

#: The share of a destination's limit that the partitions have for their own, the same
#: each; the rest, the reserve, goes to those that need more.
OWN: Final = 0.75

#: The share of a process's threads that receive events at once. Each takes as many as
#: have come meanwhile, so that batches grow with the load by themselves, and what
#: follows from them finds threads.
RECEIVERS: Final = 1 / 16


def by_name(destinations: Iterable[Destination]) -> Destinations:
    return {one.name: one for one in destinations}


def calls_at_once(seconds: float) -> int:
    """How many calls are of use at a destination, whose calls take so long."""
    return max(FEWEST, ceil(CALLS_PER_SECOND * seconds))


def direct_leases(destination: Destination, seconds: float, partitions: int = 1) -> int:
    """Up to how many leases of a partition new work is leased at once.

    One call carries one item. None is, where the limit gives a partition none.
    """
    return min(calls_at_once(seconds), own_leases(destination.max_leased, partitions))


def most_leased(destination: Destination, seconds: float, partitions: int = 1) -> int:
    """How many leases of a partition are of use, where calls carry several items."""
    own = own_leases(destination.max_leased, partitions)
    return min(calls_at_once(seconds) * destination.per_call, own)


def own_leases(limit: int, partitions: int) -> int:
    """How many of a destination's leases each partition has without asking another.

    Args:
        limit: of leases, in all partitions together.
        partitions: of the ledger.
    """
    return limit if partitions <= 1 else int(limit * OWN) // partitions


def reserve_of(limit: int, partitions: int) -> int:
    """How many leases are for those partitions that have used up their own."""
    return limit - own_leases(limit, partitions) * partitions


def reserve_left(limit: int, leased: Sequence[int]) -> int:
    """How many of the reserve nobody has; below 0 where the limit has become less.

    Args:
        limit: of leases, in all partitions together.
        leased: how many are leased in each partition.
    """
    own = own_leases(limit, len(leased))
    lent = sum(max(0, one - own) for one in leased)
    return reserve_of(limit, len(leased)) - lent


def leases_left(limit: int, leased: Sequence[int]) -> int:
    """How many more items may be leased in the first of the partitions.

    Args:
        limit: of leases, in all partitions together.
        leased: how many are leased in each partition.
    """
    own = max(0, own_leases(limit, len(leased)) - leased[0])
    return own + max(0, reserve_left(limit, leased))


def room_for(most: int, leased: int, ended: int) -> int:
    """How many more items may be leased.

    A lease that has ended takes no room, however many there are: whoever held it is
    gone, and the items would wait for ever behind one another.

    Args:
        most: leases that are of use, see `most_leased`.
        leased: items that are leased, those whose lease has ended among them.
        ended: how many of those leases have ended.
    """
    return most - (leased - ended)


def claim_size(destination: Destination, room: int, ready: int, threads: int) -> int:
    """How many items to claim: whole calls, as many as there are threads for.

    Args:
        destination: for the items that one call carries.
        room: items that may be leased, see `room_for`.
        ready: items that are due, or whose lease has ended.
        threads: that are free for this destination, one for each call.
    """
    calls = min(threads, calls_for(destination, min(room, ready)))
    return max(0, min(room, calls * destination.per_call))


def calls_for(destination: Destination, items: int) -> int:
    """How many calls carry so many items."""
    return ceil(items / destination.per_call)


def share_of(threads: int, destinations: int) -> int:
    """How many threads one of the destinations that a process serves may take."""
    return threads if destinations <= 1 else max(1, int(threads * SHARE))


def receivers_of(threads: int) -> int:
    """How many threads of a process may receive events at one time."""
    return max(1, int(threads * RECEIVERS))


def started_together(left: int) -> int:
    """At how many destinations new work is hinted at together.

    Hints at more destinations than there are threads would wait in a queue; what is due
    in the ledger needs none.
    """
    return max(left, FEWEST)
