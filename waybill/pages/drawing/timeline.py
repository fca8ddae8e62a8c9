"""Drawing of a timeline: a lane for each who acted, a dot for each moment; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2

from serializers.timeline.codes import Code, Note
from serializers.timeline.entry import Entry
from waybill.console import moment
from waybill.explain.timeline import words

#: Units of the picture: its width, what lane names take, a lane's height, a margin.
WIDTH, LEFT, LANE, MARGIN = 960, 170, 30, 16

#: Moments that are named under it, at most, and units between two of them.
TICKS, APART = 6, 150

_EVENTS = {
    Code.PLACED,
    Code.CUSTOMER_LINKED,
    Code.STATUS_CHANGED,
    Code.CANCELLED,
    Code.RETURNED,
}
_LOOKS = {
    Code.DONE: "done",
    Code.AGAIN: "again",
    Code.LATER: "again",
    Code.AMBIGUOUS: "again",
    Code.GIVEN_UP: "dead",
}


@dataclass(frozen=True, slots=True)
class Dot:
    """A moment."""

    x: float
    y: float
    look: str
    text: str


@dataclass(frozen=True, slots=True)
class Lane:
    """Whose moments stand at a height."""

    name: str
    y: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment that is named; `anchor` keeps its text inside."""

    x: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of it, in units of the picture."""

    dots: tuple[Dot, ...]
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    height: int
    width: int = WIDTH
    left: int = LEFT


def drawn(timeline: Sequence[Entry]) -> Drawing:
    """The drawing of a timeline; entries without a moment are left out."""
    entries = sorted((one for one in timeline if one.ms), key=lambda one: one.ms)
    names = list(dict.fromkeys(lane_of(one.notes) for one in entries))
    heights = {name: MARGIN + LANE * n + 8 for n, name in enumerate(names)}
    places = across([one.ms for one in entries])
    dots = [
        Dot(
            x,
            heights[lane_of(one.notes)],
            look_of(one.notes),
            f"{moment(one.ms)} {words(one.notes)}",
        )
        for one, x in zip(entries, places, strict=True)
    ]
    lanes = tuple(Lane(name, y) for name, y in heights.items())
    height = 2 * MARGIN + LANE * len(names) + 16
    ticks = tuple(_ticks([one.ms for one in entries], places))
    return Drawing(tuple(dots), lanes, ticks, height)


def lane_of(notes: Sequence[Note]) -> str:
    """Who acted: the ERP, a destination, or Waybill itself."""
    first = notes[0]
    if first.code in _EVENTS:
        return "ERP"
    if first.code in {Code.LOOK, Code.BASELINE}:
        return "Westcon"
    return _short(first.named.get("destination", "")) or "Waybill"


def look_of(notes: Sequence[Note]) -> str:
    """How its dot is painted."""
    return _LOOKS.get(notes[0].code, "plain")


def across(moments: Sequence[int]) -> list[float]:
    """Where moments stand, from left to right.

    Between two of them is more room the longer the wait was, by its logarithm: an
    order has bursts of seconds with days between them.
    """
    steps = [log2(2 + (b - a) / 1000) for a, b in pairwise(moments)]
    whole = sum(steps) or 1.0
    left, room, place = LEFT + MARGIN, WIDTH - LEFT - 2 * MARGIN, 0.0
    found = [float(left)] * bool(moments)
    for step in steps:
        place += step
        found.append(round(left + room * place / whole, 1))
    return found


def _ticks(moments: Sequence[int], places: Sequence[float]) -> list[Tick]:
    found: list[Tick] = []
    for ms, x in zip(moments, places, strict=True):
        if not found or x - found[-1].x >= APART:
            # Without its year: month, day and the time of day.
            found.append(Tick(x, moment(ms)[5:19], _anchor(x)))
    return found[:TICKS]


def _anchor(x: float) -> str:
    return (
        "end"
        if x > WIDTH - APART / 2
        else "start"
        if x < LEFT + APART / 2
        else "middle"
    )


def _short(name: str, most: int = 24) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"
