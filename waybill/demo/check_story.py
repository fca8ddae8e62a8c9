"""Whether the troubles of the story really happened, and ended well."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from waybill.demo.check import Deviation, Kind
from waybill.demo.story import DOWN, MALFORMED, STUMBLES, Story
from waybill.demo.witness import Seen

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
    story: Story, seen: Seen, letters: Sequence[Letter]
) -> tuple[Deviation, ...]:
    """What of the story did not happen, as deviations."""
    told = (
        *_stumbled(story, seen),
        *_was_down(story, seen, letters),
        *_malformed(letters),
        *_others(story, letters),
    )
    return tuple(Deviation(Kind.STORY, what) for what in told)


def _stumbled(story: Story, seen: Seen) -> Iterator[str]:
    """The first notification came again until it was taken."""
    own = [
        one
        for one in seen.arrivals
        if one.endpoint == STUMBLES
        and any(told.order == story.stumbling for told in one.told)
    ]
    first = [one.accepted for one in own if one.event_id == own[0].event_id]
    if first != [False] * STUMBLES_TIMES + [True]:
        yield (
            f"{STUMBLES} was to refuse {story.stumbling} {STUMBLES_TIMES} times and"
            f" then take it; of {len(first)} arrivals it took {sum(first)}"
        )


def _was_down(story: Story, seen: Seen, letters: Sequence[Letter]) -> Iterator[str]:
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
            yield f"dead letter {one.id} does not say what is wrong: {one.reason!r}"


def _others(story: Story, letters: Sequence[Letter]) -> Iterator[str]:
    for one in letters:
        if one.kind != EVENT and not _is_given_up(story, one):
            yield (
                f"{one.kind} {one.id} of {one.order} to {one.destination} was given"
                f" up: {one.reason}"
            )
