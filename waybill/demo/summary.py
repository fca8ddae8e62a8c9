"""Summary of a demo run, as one value for text and JSON."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from serializers.events.decode import EventType
from serializers.timeline.entry import Entry
from tasks.planning.rules import INGRAM_PREFIX
from waybill.demo.check import Letter
from waybill.demo.expectation import Expectation
from waybill.demo.play import Played
from waybill.demo.progress import endpoints
from waybill.demo.story import Story
from waybill.demo.witness import Journals
from waybill.explain.timeline import words


@dataclass(frozen=True, slots=True)
class Events:
    """What the ERP published, repeated and malformed events among it."""

    published: int
    orders: int
    by_type: dict[str, int]
    repeated: int
    malformed: int


@dataclass(frozen=True, slots=True)
class Polls:
    """What Westcon was asked; `looks` are orders asked about over all calls."""

    calls: int
    looks: int
    orders_per_call: float


@dataclass(frozen=True, slots=True)
class Receiver:
    """What one endpoint's receiver got.

    Attributes:
        delivered: notifications it took; each was verified.
        transitions: how many transitions were in them, of how many `expected`.
    """

    delivered: int
    verified: int
    refused: int
    transitions: int
    expected: int


@dataclass(frozen=True, slots=True)
class DeadLetterEnd:
    """One dead letter and what became of it: kept, or replayed and delivered."""

    id: str
    kind: str
    order: str | None
    destination: str | None
    reason: str
    payload_bytes: int
    became: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of a timeline, worded; `ms` is UTC."""

    ms: int
    line: str


@dataclass(frozen=True, slots=True)
class Summary:
    """All of it; `ok` when nothing deviates from the story.

    Attributes:
        links: links made at DECK, by format.
        retries: calls that were made again after a partner's refusal.
        timeline: of the order shown, as the ledger holds it; UTC milliseconds.
        deviations: in words.
    """

    ok: bool
    seconds: float
    events: Events
    polls: Polls
    links: dict[str, int]
    delivered: int
    verified: int
    retries: int
    endpoints: dict[str, Receiver]
    dead_letters: tuple[DeadLetterEnd, ...]
    order: str
    timeline: tuple[Moment, ...]
    deviations: tuple[str, ...]


def summary(
    story: Story,
    expected: Expectation,
    played: Played,
    timeline: Sequence[Entry],
) -> Summary:
    """Sum it up, counted from the stand-ins' journals."""
    seen = played.seen
    formats = Counter(link.format for link in seen.links)
    receivers = _receivers(expected, seen)
    calls, looks = len(seen.polls), sum(map(len, seen.polls))
    return Summary(
        ok=not played.deviations,
        seconds=round(played.seconds, 1),
        events=_events(story),
        polls=Polls(calls, looks, round(looks / calls, 1) if calls else 0.0),
        links={form: formats[form] for form in sorted({*formats, "json", "xml"})},
        delivered=sum(one.delivered for one in receivers.values()),
        verified=sum(one.verified for one in receivers.values()),
        retries=retries(seen),
        endpoints=receivers,
        dead_letters=tuple(_end(letter, seen) for letter in played.letters),
        order=story.shown,
        timeline=tuple(Moment(one.ms, words(one.notes)) for one in timeline),
        deviations=tuple(map(str, played.deviations)),
    )


def retries(seen: Journals) -> int:
    """Arrivals beyond each notification's first, and refused polls and links."""
    attempts = Counter((one.endpoint, one.event_id) for one in seen.arrivals)
    again = sum(count - 1 for count in attempts.values())
    failures = seen.failures or {}
    return again + sum(failures.get(name, 0) for name in _CALLED_AGAIN)


_CALLED_AGAIN = ("westcon.order_status", "deck.link")


def _events(story: Story) -> Events:
    bodies = Counter(publication.body for publication in story.publications)
    known = {t.event.id: t.event for t in story.publications if t.event is not None}
    types = Counter(event.type for event in known.values())
    return Events(
        published=len(story.publications),
        orders=len(story.orders),
        by_type={type_.value: types[type_] for type_ in EventType},
        repeated=sum(count - 1 for count in bodies.values()),
        malformed=sum(publication.event is None for publication in story.publications),
    )


def _receivers(expected: Expectation, seen: Journals) -> dict[str, Receiver]:
    found = {}
    for one in endpoints(expected, seen):
        taken = [a for a in seen.accepted() if a.endpoint == one.name]
        found[one.name] = Receiver(
            delivered=len(taken),
            verified=sum(not arrival.objection for arrival in taken),
            refused=one.refused,
            transitions=one.notified,
            expected=one.expected,
        )
    return found


def _end(letter: Letter, seen: Journals) -> DeadLetterEnd:
    return DeadLetterEnd(
        id=letter.id,
        kind=letter.kind,
        order=letter.order,
        destination=letter.destination,
        reason=letter.reason,
        payload_bytes=len(letter.payload),
        became=_became(letter, seen),
    )


def _became(letter: Letter, seen: Journals) -> str:
    if not letter.replayed:
        return "kept, with its bytes and the reason"
    taken = {
        f"{INGRAM_PREFIX}{notified.endpoint}"
        for arrival in seen.accepted()
        for notified in arrival.notified
        if notified.order == letter.order
    }
    delivered = letter.destination in taken
    return "replayed and delivered" if delivered else "replayed, not delivered"
