"""Result that a script is to write: its type, its id, its data."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

#: Leads the `type` of every result.
PREFIX: Final = "waybill."


class ResultType(StrEnum):
    """What has happened, as the settings name it."""

    ACCEPTED = "event.accepted"
    REFUSED = "event.refused"
    LINKED = "order.linked"
    LINK_FAILED = "order.link_failed"
    CHANGED = "order.changed"
    FINISHED = "order.finished"
    SET_ASIDE = "order.set_aside"
    DELIVERED = "notification.delivered"
    FAILED = "notification.failed"
    REPLAYED = "dead_letter.replayed"
    DISCARDED = "dead_letter.discarded"


@dataclass(frozen=True, slots=True)
class NewResult:
    """What a script writes, with the change of which it tells, as one result.

    Attributes:
        id: the same for the same change, however often it is worked out.
        data: one JSON object on one line.
    """

    type: ResultType
    id: str
    data: bytes


def prepared(results: Iterable[NewResult]) -> bytes:
    """Write results for a script: type, id and data, with tabs between, one a line."""
    lines = (
        b"%b\t%b\t%b" % (one.type.value.encode(), one.id.encode(), one.data)
        for one in results
    )
    return b"\n".join(lines)
