"""Reader of timeline entries that are sentences, as releases before codes wrote them.

Orders keep their timeline for a month after their watch has ended, so what those
releases wrote is read until then. A sentence that has a code becomes notes; where the
texts in it cannot be distinguished with certainty, the rest stays one text.
"""

import re
from collections.abc import Callable, Iterator

from serializers.timeline.codes import Code, Note, note

_EVENT = re.compile(r"event order\.(\w+) (.*)", re.DOTALL)
_LOOK = re.compile(r"(seen|baseline) (.*)", re.DOTALL)
_CHANGE = re.compile(r"(\S+) (\w+)>(\w+)")
_MORE = re.compile(r"and (\d+) more")
_ATTEMPT = re.compile(
    r"(?P<destination>\S+) (?P<outcome>done|again|later|give_up)"
    r" (?P<item>(?:order|delivery):.+): (?P<answer>.*?)"
    r"(?:, again in (?P<after>[\d.]+) s)?",
    re.DOTALL,
)
_MERGED = re.compile(r"merged (.*) into an order of (.*)", re.DOTALL)
_ACT = re.compile(
    r"(ambiguous|replayed|discarded|superseded|look_again) (.+)", re.DOTALL
)

_EVENTS = {
    "placed": Code.PLACED,
    "customer_linked": Code.CUSTOMER_LINKED,
    "status_changed": Code.STATUS_CHANGED,
    "cancelled": Code.CANCELLED,
}
_LOOKS = {"seen": Code.LOOK, "baseline": Code.BASELINE}
_OUTCOMES = {
    "done": Code.DONE,
    "again": Code.AGAIN,
    "later": Code.LATER,
    "give_up": Code.GIVEN_UP,
}


def read(entry: str) -> tuple[int, tuple[Note, ...]]:
    """The moment of an entry in UTC milliseconds, and what it is about.

    Without a moment, 0, nobody but a person wrote it; it stays as it is.
    """
    ms, blank, line = entry.partition(" ")
    if not (blank and ms.isascii() and ms.isdecimal()):
        return 0, (note(Code.PLAIN, entry),)
    for pattern, read_match in _READERS:
        match = pattern.fullmatch(line)
        notes = tuple(read_match(match)) if match else ()
        if notes:
            return int(ms), notes
    return int(ms), (note(Code.PLAIN, line),)


def _event(match: re.Match[str]) -> Iterator[Note]:
    code = _EVENTS.get(match[1])
    if code is not None:
        id_, sign, remarks = match[2].partition("; ")
        yield note(code, id_)
        if sign:
            yield note(Code.PLAIN, remarks)


def _look(match: re.Match[str]) -> Iterator[Note]:
    changes, sign, unread = match[2].partition("; cannot read ")
    lines = [] if changes == "late facts" else [_change(c) for c in changes.split(", ")]
    if None in lines:
        return
    yield note(_LOOKS[match[1]])
    yield from filter(None, lines)
    if sign:
        yield note(Code.PLAIN, f"cannot read {unread}")


def _change(change: str) -> Note | None:
    if more := _MORE.fullmatch(change):
        return note(Code.MORE_LINES, more[1])
    moved = _CHANGE.fullmatch(change)
    if moved is None:
        return None
    line, before, status = moved.groups()
    if before == "new":
        return note(Code.LINE_NEW, line, status)
    return note(Code.LINE_MOVED, line, before, status)


def _attempt(match: re.Match[str]) -> Iterator[Note]:
    code = _OUTCOMES[match["outcome"]]
    texts = [match["destination"], match["item"], match["answer"]]
    if "after_ms" in code.fields:
        texts.append(str(round(float(match["after"] or 0) * 1000)))
    yield note(code, *texts)


def _merged(match: re.Match[str]) -> Iterator[Note]:
    yield note(Code.MERGED, *match.groups())


def _act(match: re.Match[str]) -> Iterator[Note]:
    yield note(Code[match[1].upper()], match[2])


_READERS: tuple[
    tuple[re.Pattern[str], Callable[[re.Match[str]], Iterator[Note]]], ...
] = (
    (_EVENT, _event),
    (_LOOK, _look),
    (_ATTEMPT, _attempt),
    (_MERGED, _merged),
    (_ACT, _act),
)
