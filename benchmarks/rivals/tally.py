"""What became of the orders, counted at the stand-ins: the arithmetic alone."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

#: An order, and when it was linked or notified.
Link = tuple[str, float]
#: An order, the notification's event id, and when it arrived.
Notification = tuple[str, str, float]


@dataclass(frozen=True, slots=True)
class Tally:
    """Orders by what became of them.

    Attributes:
        accepted: the system had promised to keep the order's event.
        lost: accepted, and not linked or not notified.
        doubled: linked or notified more than once.
        second_ids: notified under a second event id, so that the receiver, who
            knows ids, acted twice.
        last: when the last order was linked and notified for the first time; minus
            infinity, where none was.
    """

    accepted: int
    lost: int
    doubled: int
    second_ids: int
    last: float


def tally(
    accepted: Collection[str],
    links: Iterable[Link],
    notifications: Iterable[Notification],
) -> Tally:
    """Count the accepted orders; others do not count.

    Args:
        accepted: each order whose event the system has accepted.
        links: all that arrived, in any order, at any moments of one clock.
        notifications: the same.
    """
    linked = [link for link in links if link[0] in accepted]
    notified = [one for one in notifications if one[0] in accepted]
    times = (
        Counter(order for order, _ in linked),
        Counter(order for order, _, _ in notified),
    )
    ids = Counter(
        order for order, _ in {(order, event) for order, event, _ in notified}
    )
    served = times[0].keys() & times[1].keys()
    first_links = _first(linked)
    first_notifications = _first((order, at) for order, _, at in notified)
    moments = (max(first_links[order], first_notifications[order]) for order in served)
    return Tally(
        accepted=len(accepted),
        lost=len(accepted) - len(served),
        doubled=sum(max(each[order] for each in times) > 1 for order in served),
        second_ids=sum(count > 1 for count in ids.values()),
        last=max(moments, default=-math.inf),
    )


def _first(moments: Iterable[tuple[str, float]]) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for order, at in moments:
        found[order] = min(at, found.get(order, math.inf))
    return found
