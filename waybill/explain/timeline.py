"""An order's timeline in sentences; a line of another release is told as it is."""

import re

from tasks.execution.link import READ_BACK, was_taken
from tasks.execution.notify import NOT_WANTED
from tasks.polling.compare import UNREAD

_EVENT = re.compile(r"event order\.(\w+) (.*)", re.DOTALL)
_SNAPSHOT = re.compile(r"(seen|baseline) (.*)", re.DOTALL)
_CHANGE = re.compile(r"(\S+) (\w+)>(\w+)")
_TRY = re.compile(
    r"(?P<where>\S+) (?P<verdict>done|again|later|give_up)"
    r" (?P<ref>(?:order|delivery):.+): (?P<said>.*?)"
    r"(?:, again in (?P<after>[\d.]+) s)?",
    re.DOTALL,
)
_ACT = re.compile(
    r"(ambiguous|replayed|discarded|superseded|look_again) (.+)", re.DOTALL
)

_MERGED = re.compile(r"merged (.*) into an order of (.*)", re.DOTALL)

_EVENTS = {
    "placed": "order placed",
    "customer_linked": "customer linked",
    "status_changed": "status changed",
    "cancelled": "order cancelled",
    "returned": "lines returned",
}
_ACTS = {
    "ambiguous": "nobody knows whether {} arrived: its worker ended while sending",
    "replayed": "{} was replayed",
    "discarded": "{} was discarded",
    "superseded": "{} is superseded: a newer link stands in its place",
    "look_again": "{} goes on at once, whatever its last look came to: an event came"
    " during it",
}


def words(line: str) -> str:
    """One entry of the timeline in words."""
    if match := _EVENT.fullmatch(line):
        what, rest = match.groups()
        return f"the ERP says: {_EVENTS.get(what, what)} (event {_split(rest)}"
    if match := _SNAPSHOT.fullmatch(line):
        return _snapshot(*match.groups())
    if match := _TRY.fullmatch(line):
        return _try(match)
    if match := _MERGED.fullmatch(line):
        return (
            f"warning: this event is of source {match[1]}, the order's first of"
            f" {match[2]}; WAYBILL_NAMESPACE takes them for one order"
        )
    if match := _ACT.fullmatch(line):
        return _ACTS[match[1]].format(named(match[2]))
    return line


def named(ref: str) -> str:
    """An item's ref in words: order:SO-1 is the watch of SO-1."""
    kind, _, rest = ref.partition(":")
    known = {"order": f"the watch of {rest}", "delivery": f"delivery {rest}"}
    return known.get(kind, ref)


def _split(rest: str) -> str:
    id_, sign, why = rest.partition("; ")
    return f"{id_}){sign}{why}"


def _snapshot(word: str, changes: str) -> str:
    changes, sign, unread = changes.partition(UNREAD)
    told = _CHANGE.sub(_change, changes) + sign + unread
    if word == "baseline":
        return f"Westcon's first snapshot, kept without notifying: {told}"
    return f"Westcon says: {told}"


def _change(match: re.Match[str]) -> str:
    line, before, after = match.groups()
    came = f"is {after}" if before == "new" else f"went from {before} to {after}"
    return f"line {line} {came}"


def _said(code: str) -> str:
    """A code in words where it says too little of itself."""
    if code == READ_BACK:
        return "taken, but not to be seen there yet"
    if was_taken(code):
        return f"taken, but looking for it failed: {code[len(READ_BACK) + 1 :]}"
    return code


def _try(match: re.Match[str]) -> str:
    where, item = match["where"], named(match["ref"])
    said = _said(match["said"])
    again = f" in {match['after']} s" if match["after"] else ""
    match match["verdict"]:
        case "done" if said == NOT_WANTED:
            return f"{where} does not want {item}: nothing was sent"
        case "done":
            return f"{where} took {item} ({said})"
        case "again":
            return f"{where} failed {item} ({said}); again{again}"
        case "later":
            return f"{where} must wait for {item} ({said}); again{again}"
        case _:
            return f"{where}: {item} was given up ({said}) and is a dead letter"
