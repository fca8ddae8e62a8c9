"""Page of an order: what it waits for, its lines, its timeline drawn."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from waybill.explain.blockers import Blocked, Blocker
from waybill.explain.timeline import words
from waybill.explain.view import (
    blocked_text,
    delivery_text,
    parcel_text,
    references,
    returned_text,
    shipment_text,
    unread_text,
    watch_text,
)
from waybill.explain.waiting import blocked_of
from waybill.pages.drawing.lines import line_view
from waybill.pages.drawing.timeline import drawn
from waybill.pages.visit import Visit
from workers.ledger.views.order_items import DEAD, WATCH, Item
from workers.ledger.views.order_story import OrderStory, story
from workers.partners.ingram.settings import Ingram
from workers.settings.settings import Settings

#: How an item's state is called and painted.
_WORDS: Final = {
    "due": ("waits", "wait"),
    "leased": ("handed out", "plain"),
    "sending": ("at work", "plain"),
    "lane": ("behind another", "wait"),
    DEAD: ("dead letter", "bad"),
    "ended": ("ended", "good"),
}

#: What the colours of the drawing mean.
LEGEND: Final = (
    ("done", "taken"),
    ("again", "failed, comes again"),
    ("dead", "given up"),
    ("plain", "reported or seen"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """An item of the order; `letter` is its id where it is a dead letter."""

    kind: str
    destination: str
    word: str
    look: str
    text: str
    lines: tuple[str, ...]
    letter: str


def order(visit: Visit) -> Response:
    """The order that `number` names; 404 with what to check where there is none."""
    site, number = visit.site, visit.asked("number", 512)
    places = site.ledger.parts.places
    found = story(site.client, number, site.ledger.configured(), places)
    if found is None:
        what = f"nothing is known of order {number}: it was never admitted, its event"
        what += " was refused, or its time is over (WAYBILL_RETENTION)"
        raise HTTPException(404, what)
    blockers = blocked_of(site.ledger, found)
    return visit.page(
        "order",
        name=number,
        story=found,
        items=list(_rows(found, blockers)),
        lines=[line_view(line) for line in found.order.lines],
        facts=list(_facts(found)),
        codes=list(_codes(found)),
        entries=[_Entry(one.ms, _past(words(one.notes))) for one in found.timeline],
        drawing=drawn(found.timeline),
        legend=LEGEND,
        references=list(references(found.order, _endpoints(found, site.settings))),
    )


def _endpoints(found: OrderStory, settings: Settings) -> Container[str]:
    """The endpoints of the settings; who has none cannot say which are missing."""
    return settings.of(Ingram).endpoints or found.order.endpoints or ()


@dataclass(frozen=True, slots=True)
class _Entry:
    ms: int
    text: str


def _rows(found: OrderStory, blockers: Blocked) -> Iterator[Row]:
    for item in (*found.watches, *found.deliveries):
        if item.state:
            yield _row(item, found.at_ms, blockers.get(item.ref, ()))


def _row(item: Item, now_ms: int, blockers: Sequence[Blocker]) -> Row:
    word, look = _WORDS.get(item.state, (item.state, "plain"))
    worded = watch_text if item.kind == WATCH else delivery_text
    return Row(
        item.kind,
        item.destination,
        word,
        look,
        _unsaid(word, worded(item, now_ms)),
        tuple(blocked_text(item, blockers, now_ms)),
        item.ref if item.state == DEAD else "",
    )


def _unsaid(word: str, text: str) -> str:
    """The text without what the word before it says already."""
    for said in (f"has {word}", f"is a {word}"):
        before, found, after = text.partition(said)
        if found:
            return f"{before.strip()}{after}".lstrip(";, ")
    return text


def _codes(found: OrderStory) -> Iterator[str]:
    """The statuses that its lines are in, each once."""
    parts = chain.from_iterable(
        line.parts for line in map(line_view, found.order.lines)
    )
    return iter(dict.fromkeys(part.code for part in parts))


def _past(text: str) -> str:
    """What was given up may have been sent since."""
    return text.replace(" and is a dead letter", " and became a dead letter")


def _facts(found: OrderStory) -> Iterator[str]:
    known, lines = found.order, found.order.lines
    return chain(
        shipment_text(lines),
        parcel_text(known, found.watches),
        unread_text(lines),
        returned_text(known.returns),
    )
