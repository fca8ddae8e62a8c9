"""Notes of a look for the order's timeline."""

from collections.abc import Iterator, Sequence

from serializers.order_parcels import OrderParcels
from serializers.order_record import Line, Order
from serializers.timeline.codes import Code, Note, note
from tasks.planning.lines.transitions import Transition
from tasks.polling.joining import Joined
from tasks.polling.ownership import ALONE, SetAside
from tasks.polling.waiting import Taken

#: How many of Westcon's orders, or of values that cannot be read, an entry names.
SHOWN = 5
#: How many lines of a look an entry of the timeline names.
NOTED = 20


def look_notes(before: Order, joined: Joined) -> Iterator[Note]:
    """The entry of a look.

    Args:
        before: the order before it.
        joined: what the answer makes of its lines.
    """
    yield from _changes(joined.transitions, silent=before.baseline)
    yield from _set_aside(joined.reading.answer.news)
    for number, by in joined.reading.answer.given:
        if by != ALONE:
            yield note(Code.GIVEN, number, by)
    known = {line.key for line in joined.snapshot}
    again = sum(line.key in known for line in before.aside)
    if again:
        yield note(Code.SEEN_AGAIN, str(again))
    yield from _waiting(before.parcels, joined.taken)
    yield from _unread(joined.reading.seen, joined.snapshot)


def _changes(transitions: Sequence[Transition], *, silent: bool) -> Iterator[Note]:
    yield note(Code.BASELINE if silent else Code.LOOK)
    moved = list(_moved(transitions))
    for key, before, status in moved[:NOTED]:
        if before:
            yield note(Code.LINE_MOVED, key, before, status)
        else:
            yield note(Code.LINE_NEW, key, status)
    if len(moved) > NOTED:
        yield note(Code.MORE_LINES, str(len(moved) - NOTED))


def _moved(transitions: Sequence[Transition]) -> Iterator[tuple[str, str, str]]:
    """The lines of which quantity has moved, each with what it was and what it is."""
    for one in transitions:
        before, status = one.shown
        if one.before is None or before != status:
            yield one.line.key, before, status


def _waiting(before: OrderParcels, taken: Taken) -> list[Note]:
    """What waits for its parcels from now on, and why something waits no longer."""
    if not (taken.held or taken.without):
        return []
    known = {one.key for one in before.waits}
    # One of a release before, which has no key, is of whatever waits.
    begin = [] if "" in known else [key for key in taken.held if key not in known]
    waits = [note(Code.WAITS, key) for key in begin]
    return [*waits, *(note(Code.NO_PARCELS, why) for why in taken.without)]


def _set_aside(news: Sequence[SetAside]) -> Iterator[Note]:
    """Westcon's orders that are set aside since this look."""
    for one in news[:SHOWN]:
        if one.owner:
            yield note(Code.OTHERS, one.number, one.owner)
        else:
            yield note(Code.SET_ASIDE, one.number, one.finished)
    if len(news) > SHOWN:
        yield note(Code.MORE_SET_ASIDE, str(len(news) - SHOWN))


def _unread(seen: Sequence[Line], snapshot: Sequence[Line]) -> Iterator[Note]:
    """The values that cannot be read since this look."""
    if not any(line.unread for line in snapshot):
        return
    known = {line.key: line.unread for line in seen}
    news = [
        line for line in snapshot if line.unread and line.unread != known.get(line.key)
    ]
    for line in news[:SHOWN]:
        yield note(Code.UNREAD, line.key, line.unread)
    if len(news) > SHOWN:
        yield note(Code.MORE_UNREAD, str(len(news) - SHOWN))
