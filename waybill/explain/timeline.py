"""Renderer of timelines: the one place that turns an order's codes into text."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

from serializers.formats.instants import rfc3339
from serializers.timeline.codes import NUMBERS, Code, Note
from tasks.outcomes.outcome import NOT_WANTED, READ_BACK, was_taken

#: The words of each code; its texts stand in by their names, and `item` in words.
WORDING: Mapping[Code, str] = MappingProxyType(
    {
        Code.PLACED: "the ERP reports: order placed (event {event})",
        Code.CUSTOMER_LINKED: "the ERP reports: customer linked (event {event})",
        Code.STATUS_CHANGED: "the ERP reports: status changed (event {event})",
        Code.CANCELLED: "the ERP reports: order cancelled (event {event})",
        Code.RETURNED: "the ERP reports: lines returned (event {event})",
        Code.LINE_RETURNED: "{line}: {quantity}",
        Code.MORE_RETURNED: "and {count} more",
        Code.NOTHING_RETURNED: "no more than was known",
        Code.KEPT_FOR: "{endpoint}",
        Code.NO_TIME: "its time {time} is before 2000 and counts as none",
        Code.TIME_AHEAD: "its time {time_ms} is more than a day ahead and counts as"
        " now",
        Code.NO_NEW_LINK: "no new link follows",
        Code.NOT_NOTIFIED: "cancelled by a newer event, nobody is notified",
        Code.NOT_WATCHED: "cancelled by a newer event, not watched",
        Code.WESTCON_NOT_CONFIGURED: "Westcon is not configured, not watched",
        Code.NO_REFERENCE: "neither westcon.order_number nor purchase_order,"
        " not watched",
        Code.WATCHED_NOW: "watched from now",
        Code.OUTDATED: "a newer event stands",
        Code.CANCELLED_ALREADY: "cancelled already",
        Code.CORRECTED: "{what} corrected from {before} to {after}",
        Code.SEEN_ASIDE: "what was seen of {count} lines under the old reference is set"
        " aside",
        Code.MISSPELLED: "{member} is not read, did you mean {meant}?",
        Code.MERGED: "warning: this event is of source {source}, the order's first of"
        " {first}; WAYBILL_NAMESPACE takes them for one order",
        Code.LOOK: "Westcon reports: {found}",
        Code.BASELINE: "Westcon's first snapshot, kept without notifying: {found}",
        Code.SIGHTED: "{destination} reports: {seen}",
        Code.LINE_NEW: "line {line} is {status}",
        Code.LINE_MOVED: "line {line} went from {before} to {status}",
        Code.MORE_LINES: "and {count} more",
        Code.UNREAD: "{line} {value}",
        Code.MORE_UNREAD: "and {count} more lines",
        Code.WAITS: "line {line} is shipped and waits for its tracking numbers",
        Code.NO_PARCELS: "notified without tracking numbers ({answer})",
        Code.SET_ASIDE: "Westcon's order {order} is set aside: it was finished on"
        " {finished}, before this order was placed",
        Code.MORE_SET_ASIDE: "{count} more of Westcon's orders are set aside",
        Code.OTHERS: "Westcon's order {order} is set aside: it is order {owner}'s",
        Code.GIVEN: "Westcon's order {order} is this order's, by its {by}",
        Code.SEEN_AGAIN: "{count} lines were known before a correction: nobody is"
        " notified of that again",
        Code.ASSIGNED: "Westcon's order {order} was given to this order ({by})",
        Code.DONE: "{destination} took {item} ({answer})",
        Code.AGAIN: "{destination} failed {item} ({answer}); again{after_ms}",
        Code.LATER: "{destination} must wait for {item} ({answer}); again{after_ms}",
        Code.GIVEN_UP: "{destination}: {item} was given up ({answer}) and is a dead"
        " letter",
        Code.AMBIGUOUS: "nobody knows whether {item} arrived: its worker ended while"
        " sending",
        Code.REPLAYED: "{item} was replayed",
        Code.DISCARDED: "{item} was discarded",
        Code.SUPERSEDED: "{item} is superseded: a newer link stands in its place",
        Code.LOOK_AGAIN: "{item} goes on at once, whatever its last look came to: an"
        " event came during it",
        Code.POLLED: "somebody had it looked at",
        Code.ABANDONED: "somebody gave the order up: {why}",
        Code.REVISED: "somebody corrected {item}: it goes as {revision}",
        Code.REPAIRED: "waybill reconcile found {finding}, and made a repair: {act}"
        " ({repair})",
        Code.OF_PLAN: "its plan's digest is {plan}",
        Code.PLAIN: "{text}",
    }
)

#: Notes that follow one another are gathered in one sentence.
GATHERED: Mapping[Code, str] = MappingProxyType(
    {
        Code.KEPT_FOR: "notifications are kept for {}, which this worker does not know",
        Code.UNREAD: "cannot read {}",
        Code.LINE_RETURNED: "returned {}",
        Code.MISSPELLED: "warning: {}",
    }
)

_MORE: Mapping[Code, Code] = MappingProxyType(
    {
        Code.MORE_UNREAD: Code.UNREAD,
        Code.MORE_RETURNED: Code.LINE_RETURNED,
    }
)

#: What a look has found of lines. The rest of its notes are remarks.
_FOUND = frozenset({Code.LINE_NEW, Code.LINE_MOVED, Code.MORE_LINES})


def words(notes: Sequence[Note]) -> str:
    """One entry of the timeline for a person; it may hold any text of a partner."""
    head, *rest = notes
    found = [_worded(one) for one in rest if one.code in _FOUND]
    remarks = [one for one in rest if one.code not in _FOUND]
    worded = _worded(head, found=", ".join(found) or _besides(remarks))
    return "; ".join((worded, *_remarks(remarks)))


def _besides(remarks: Sequence[Note]) -> str:
    """What a look has found that has found no change of a line."""
    codes = {one.code for one in remarks}
    if codes & {Code.SET_ASIDE, Code.OTHERS}:
        return "other orders of this purchase order"
    return "nothing new" if codes == {Code.SEEN_AGAIN} else "late facts"


def document(notes: Sequence[Note]) -> list[dict[str, object]]:
    """One entry for a program: for each note its code, and its texts by their names."""
    return [
        {"code": one.code.name.lower()}
        | {name: _value(name, text) for name, text in one.named.items()}
        for one in notes
    ]


def named(ref: str) -> str:
    """An item's ref in words: watch:westcon:SO-1 is the watch of SO-1 at westcon."""
    kind, _, rest = ref.partition(":")
    match kind:
        case "delivery":
            return f"delivery {rest}"
        case "watch":
            partner, _, order = rest.partition(":")
            return f"the watch of {order} at {partner}"
        case "order":
            return f"the watch of {rest}"
        case _:
            return ref


def _remarks(notes: Sequence[Note]) -> Iterator[str]:
    for code, group in groupby(notes, _gathered_as):
        each = [_worded(one) for one in group]
        if code in GATHERED:
            yield GATHERED[code].format(", ".join(each))
        else:
            yield from each


def _gathered_as(one: Note) -> Code:
    return _MORE.get(one.code) or one.code


def _worded(one: Note, **more: str) -> str:
    texts = {name: _READ.get(name, str)(text) for name, text in one.named.items()}
    template = WORDING[one.code]
    if one.code is Code.DONE and one["answer"] == NOT_WANTED:
        template = "{destination} does not want {item}: nothing was sent"
    return template.format(**texts, **more)


def _answer(code: str) -> str:
    """A code in words that is not clear by itself."""
    if code == READ_BACK:
        return "taken, but not to be seen there yet"
    if was_taken(code):
        return f"taken, but looking for it failed: {code[len(READ_BACK) + 1 :]}"
    return code


def _pause(after_ms: str) -> str:
    seconds = int(after_ms) / 1000 if after_ms.isdecimal() else 0
    return f" in {round(seconds, 1):g} s" if seconds else ""


def _moment(time_ms: str) -> str:
    return rfc3339(int(time_ms)) if time_ms.isdecimal() else time_ms


#: How a text is worded, by its name; the others stand as they are.
_READ: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "item": named,
        "answer": _answer,
        "before": lambda status: status or "no status",
        "status": lambda status: status or "without a status",
        "after_ms": _pause,
        "time_ms": _moment,
    }
)


def _value(name: str, text: str) -> str | int:
    return int(text) if name in NUMBERS and text.isdecimal() else text
