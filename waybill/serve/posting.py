"""Posted events: all of a request's are checked before any of them goes in."""

from collections.abc import Sequence
from dataclasses import dataclass

from serializers.errors import DecodeError
from serializers.events import decode, entry, identity
from serializers.events.entry_fields import Fields
from serializers.events.problems import separated
from serializers.order import order_name
from workers.ledger.identity.names_in_use import NamesInUse
from workers.ledger.stream.door import Kept, Posted


@dataclass(frozen=True, slots=True)
class Checked:
    """An event that may go in."""

    id: str
    source: str
    order: str
    posted: Posted


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that may not: its place in the request, from 0, and every problem."""

    place: int
    problems: tuple[str, ...]


def checked(
    entries: Sequence[Fields],
    *,
    strict: bool,
    names: NamesInUse | None = None,
    by_source: bool = False,
) -> tuple[list[Checked], list[Refused]]:
    """Check each event on its own, as `waybill publish` does.

    Args:
        entries: one for each event.
        strict: whether a member that is not declared is a problem even where it is not
            nearly one of ours.
        names: of accounts and sites; None to let any pass.
        by_source: whether an event's source is a part of its order's name.

    Raises:
        redis.RedisError: the workers' names could not be read.
    """
    good: list[Checked] = []
    bad: list[Refused] = []
    for place, fields in enumerate(entries):
        try:
            read = entry.read(fields)
            _check(read, strict=strict, names=names)
        except DecodeError as error:
            bad.append(Refused(place, separated(str(error))))
        else:
            good.append(_checked(read, fields, by_source=by_source))
    return good, bad


def _check(read: entry.Read, *, strict: bool, names: NamesInUse | None) -> None:
    problems = [one.problem for one in read.unknown if strict or one.meant]
    problems += names.problems(read.event) if names else ()
    if problems:
        raise DecodeError("; ".join(problems))


def _checked(read: entry.Read, fields: Fields, *, by_source: bool) -> Checked:
    event = read.event
    order = order_name(event.order_number, event.source if by_source else "")
    digest = decode.digest(event.source, event.id)
    posted = Posted(digest, read.mark, fields, order)
    return Checked(event.id, event.source, event.order_number, posted)


def conflict(event: Checked, kept: str) -> str:
    """What differs from the event that came under the same id before."""
    parts = ", ".join(identity.differences(event.posted.mark, kept))
    return (
        f"event {event.id} of {event.source} came before with other content"
        f"{parts and f' in {parts}'}; give each event an id of its own"
    )


def receipts(
    events: Sequence[Checked], kept: Sequence[Kept]
) -> list[dict[str, object]]:
    """What is answered of each event that Redis has."""
    return [
        {
            "id": event.id,
            "source": event.source,
            "order": event.order,
            "entry": one.entry,
            "again": one.again,
        }
        for event, one in zip(events, kept, strict=True)
    ]
