"""Starts of the stream's entries: beside others, or alone in the process."""

from collections.abc import Callable, Mapping, Sequence

from serializers.events.entry_fields import Apart, Content
from tasks.services import Services

#: Admits entries that were started, by what they hold.
Admit = Callable[[Mapping[str, Content]], None]


def start(
    ids: Sequence[str], begun: Mapping[str, Content], services: Services, admit: Admit
) -> None:
    """Start entries and have them admitted, as many at once as may be.

    Args:
        ids: of the entries.
        begun: what those hold that were started with their reading.
        services: what acts.
        admit: is called for those that were started together.
    """
    with services.company.together():
        apart = _together(ids, begun, services, admit)
    for entry, starts in apart.items():
        # What ends this process now takes no other entry along.
        with (
            services.company.alone(),
            services.ledger.started_alone(entry, starts) as found,
        ):
            admit(found)


def _together(
    ids: Sequence[str], begun: Mapping[str, Content], services: Services, admit: Admit
) -> dict[str, int]:
    """Start all but those that are to be alone; these, and how often they were."""
    apart: dict[str, int] = {}
    if begun:
        admit(begun)
    left = [id_ for id_ in ids if id_ not in begun]
    while left:
        # What has no room in memory beside the others comes after them.
        answer = services.ledger.start_entries(left)
        found: dict[str, Content] = {}
        for id_, one in answer.items():
            if isinstance(one, Apart):
                apart[id_] = one.starts
            else:
                found[id_] = one
        if found:
            admit(found)
        left = [id_ for id_ in left if id_ not in answer]
    return apart
