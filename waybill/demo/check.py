"""Checks what the partners received against what the story expects, faults included."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from waybill.demo.expectation import RANKS, Expectation, Notified
from waybill.demo.story import DOWN, MALFORMED, STUMBLES, Story
from waybill.demo.witness import Journals


class Kind(StrEnum):
    """The ways in which the demo can fail at the partners."""

    MISSING = "missing"
    DOUBLED = "doubled"
    UNEXPECTED = "unexpected"
    WRONGLY_SIGNED = "wrongly signed"
    OUT_OF_ORDER = "out of order"
    LINK_MISSING = "link missing"
    LINK_WRONG = "link wrong"
    LINK_DOUBLED = "link doubled"
    STORY = "story"


@dataclass(frozen=True, slots=True)
class Deviation:
    """One thing that is not as it must be."""

    kind: Kind
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


def check(expected: Expectation, seen: Journals) -> tuple[Deviation, ...]:
    """Every deviation of the partners' journals from the story."""
    return (
        *_deviations(expected, seen),
        *_applied_twice(seen),
        *_signatures(seen),
        *_order_of_statuses(seen),
        *_links(expected, seen),
    )


def missing(deviations: tuple[Deviation, ...]) -> int:
    """How many of them time may still cure."""
    curable = {Kind.MISSING, Kind.LINK_MISSING}
    return sum(one.kind in curable for one in deviations)


def _deviations(expected: Expectation, seen: Journals) -> Iterator[Deviation]:
    """What was never notified, was notified under two ids, or nobody asked for."""
    ids: defaultdict[Notified, set[str]] = defaultdict(set)
    for arrival in seen.accepted():
        for notified in arrival.notified:
            ids[notified].add(arrival.event_id)
    for notified in sorted(expected.notified - ids.keys()):
        yield Deviation(Kind.MISSING, str(notified))
    for notified in sorted(ids.keys() - expected.notified):
        yield Deviation(Kind.UNEXPECTED, str(notified))
    for notified, under in sorted(ids.items()):
        if len(under) > 1:
            named = ", ".join(sorted(under))
            yield Deviation(Kind.DOUBLED, f"{notified} under the event ids {named}")


def _applied_twice(seen: Journals) -> Iterator[Deviation]:
    times = Counter((one.endpoint, one.event_id) for one in seen.accepted())
    for (endpoint, event_id), count in times.items():
        if count > 1:
            what = f"event {event_id} taken {count} times by {endpoint}"
            yield Deviation(Kind.DOUBLED, what)


def _signatures(seen: Journals) -> Iterator[Deviation]:
    for one in seen.arrivals:
        if one.objection:
            what = f"event {one.event_id} at {one.endpoint}: {one.objection}"
            yield Deviation(Kind.WRONGLY_SIGNED, what)


def _order_of_statuses(seen: Journals) -> Iterator[Deviation]:
    """A line's statuses, in the order in which a receiver took them."""
    furthest: dict[tuple[str, str, str], Notified] = {}
    for arrival in seen.accepted():
        # Within one notification all is notified at once.
        for notified in sorted(arrival.notified, key=_rank):
            line = (notified.endpoint, notified.order, notified.line)
            before = furthest.setdefault(line, notified)
            if _rank(notified) < _rank(before):
                yield Deviation(
                    Kind.OUT_OF_ORDER, f"{notified}, after {before.event_type}"
                )
            furthest[line] = max(notified, before, key=_rank)


def _rank(notified: Notified) -> int:
    return RANKS.get(notified.event_type, -1)


def _links(expected: Expectation, seen: Journals) -> Iterator[Deviation]:
    """Each order belongs to its latest customer, and each link was made once."""
    last = {link.order: link.customer for link in seen.links}
    for order, customers in expected.customers.items():
        if order not in last:
            yield Deviation(Kind.LINK_MISSING, f"{order} to {customers[-1]}")
        elif last[order] != customers[-1]:
            # The right one may still come, unless it was there already.
            made = any(
                (link.order, link.customer) == (order, customers[-1])
                for link in seen.links
            )
            kind = Kind.LINK_WRONG if made else Kind.LINK_MISSING
            what = f"{order} belongs to {last[order]}, not to {customers[-1]}"
            yield Deviation(kind, what)
    times = Counter((link.order, link.customer) for link in seen.links)
    for (order, customer), count in times.items():
        if customer not in expected.customers.get(order, ()):
            yield Deviation(Kind.LINK_WRONG, f"nobody asked for {order} to {customer}")
        if count > 1:
            what = f"{order} to {customer} made {count} times"
            yield Deviation(Kind.LINK_DOUBLED, what)


#: How often the stumbling receiver refuses.
STUMBLES_TIMES = 2
EVENT, NOTIFICATION = "event", "notification"


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter, and what became of it.

    Attributes:
        kind: event, watch, link or notification.
        replayed: whether it was sent on its way again.
    """

    id: str
    kind: str
    order: str | None
    destination: str | None
    reason: str
    payload: bytes
    replayed: bool = False


def check_story(
    story: Story, seen: Journals, letters: Sequence[Letter]
) -> tuple[Deviation, ...]:
    """What of the story did not happen, as deviations."""
    notified = (
        *_stumbled(story, seen),
        *_was_down(story, seen, letters),
        *_malformed(letters),
        *_others(story, letters),
    )
    return tuple(Deviation(Kind.STORY, what) for what in notified)


def _stumbled(story: Story, seen: Journals) -> Iterator[str]:
    """The first notification came again until it was taken."""
    own = [
        one
        for one in seen.arrivals
        if one.endpoint == STUMBLES
        and any(notified.order == story.stumbling for notified in one.notified)
    ]
    first = [one.accepted for one in own if one.event_id == own[0].event_id]
    if first != [False] * STUMBLES_TIMES + [True]:
        yield (
            f"{STUMBLES} was to refuse {story.stumbling} {STUMBLES_TIMES} times and"
            f" then take it; of {len(first)} arrivals it took {sum(first)}"
        )


def _was_down(story: Story, seen: Journals, letters: Sequence[Letter]) -> Iterator[str]:
    """The notification was given up, replayed and taken."""
    given_up = [one for one in letters if _is_given_up(story, one)]
    if not given_up:
        yield f"no dead letter for {story.given_up} at {DOWN}, which was down"
    elif not all(one.replayed for one in given_up):
        yield f"the dead letter for {story.given_up} at {DOWN} was not replayed"
    elif not any(one.endpoint == DOWN for one in seen.accepted()):
        yield f"{DOWN} did not take the replayed notification of {story.given_up}"


def _is_given_up(story: Story, letter: Letter) -> bool:
    return letter.kind == NOTIFICATION and letter.order == story.given_up


def _malformed(letters: Sequence[Letter]) -> Iterator[str]:
    """The malformed event is kept, bytes and all, with what is wrong with it."""
    events = [one for one in letters if one.kind == EVENT]
    if not events:
        yield "the malformed event did not become a dead letter"
    for one in events:
        if one.payload != MALFORMED:
            yield f"dead letter {one.id} does not hold the malformed event's bytes"
        if "order_number" not in one.reason:
            yield f"dead letter {one.id} does not state what is wrong: {one.reason!r}"


def _others(story: Story, letters: Sequence[Letter]) -> Iterator[str]:
    for one in letters:
        if one.kind != EVENT and not _is_given_up(story, one):
            yield (
                f"{one.kind} {one.id} of {one.order} to {one.destination} was given"
                f" up: {one.reason}"
            )
