"""Player of the story: prepares stand-ins, publishes as the ERP, ends the faults."""

import time
from dataclasses import dataclass, replace

from sandbox.faults import Fault
from sandbox.partners.westcon.plans import OrderLine, steps_of
from waybill.demo.check import (
    STUMBLES_TIMES,
    Deviation,
    Kind,
    Letter,
    check,
    check_story,
    missing,
)
from waybill.demo.expectation import Expectation
from waybill.demo.processes import DemoError, Patience
from waybill.demo.progress import Progress, look
from waybill.demo.stage import Stage
from waybill.demo.story import DOWN, STUMBLES, Publication, Story, StoryOrder
from waybill.demo.witness import Journals, witness
from workers.ledger.stream.streams import publish

#: After so many seconds what is missing is missing.
LIMIT = 35.0
#: How long to listen for what must not come, such as a notification's double.
_AFTERWARDS = 2.0
_TURN = 0.2
_DOWN_STATUS = 503


@dataclass(frozen=True, slots=True)
class Played:
    """The story's end.

    Attributes:
        seconds: from the first event to the last thing awaited.
    """

    seconds: float
    seen: Journals
    letters: tuple[Letter, ...]
    deviations: tuple[Deviation, ...]


class Play:
    """One performance; `run` it once."""

    def __init__(
        self,
        story: Story,
        expected: Expectation,
        stage: Stage,
        progress: Progress,
        waits: Patience,
    ) -> None:
        self._story = story
        self._expected = expected
        self._stage = stage
        self._progress = progress
        self._waits = waits
        self._unpublished = list(story.publications)
        self._letters: dict[str, Letter] = {}
        self._started = 0.0

    def run(self) -> Played:
        """Play until all is well or time is up.

        Raises:
            DemoError: a process ended.
            InterruptedDemoError: the user asked for the end.
            OSError: the stand-ins do not answer.
            redis.RedisError: Redis does not answer.
        """
        prepare(self._stage, self._story)
        self._started = time.monotonic()
        while not self._turn() and self._seconds() < LIMIT:
            self._waits.pause(_TURN)
        seconds = self._seconds()
        self._waits.pause(_AFTERWARDS)
        self._stage.check_running()
        self._look_for_letters()
        seen = witness(self._stage.control)
        deviations = (*self._deviations(seen), *self._flower())
        return Played(seconds, seen, tuple(self._letters.values()), deviations)

    def _turn(self) -> bool:
        """One round; whether nothing is left to wait for."""
        self._stage.check_running()
        seen = witness(self._stage.control)
        self._publish(seen)
        self._look_for_letters()
        self._show(seen)
        deviations = self._deviations(seen)
        unhappened = any(one.kind is Kind.STORY for one in deviations)
        if self._unpublished or unhappened or missing(deviations):
            return False
        return self._stage.flower.answers()

    def _publish(self, seen: Journals) -> None:
        """Publish what is due."""
        due = [one for one in self._unpublished if self._is_due(one, seen)]
        for publication in due:
            publish(self._stage.ledger.stream, publication.body, by_source=False)
            self._unpublished.remove(publication)

    def _is_due(self, publication: Publication, seen: Journals) -> bool:
        if publication.at > self._seconds():
            return False
        if not publication.after_polls or publication.event is None:
            return True
        asked_as = {order.number: order.asked_as for order in self._story.orders}
        number = asked_as[publication.event.order_number]
        return seen.looks_at(number) >= publication.after_polls

    def _look_for_letters(self) -> None:
        """Take note of new dead letters; heal the receiver that caused one."""
        letters = self._stage.ledger.dead_letters
        unseen = (one.id for one in letters.all() if one.id not in self._letters)
        for found in filter(None, map(letters.find, unseen)):
            letter = Letter(
                id=found.id,
                kind=found.kind,
                order=found.order,
                destination=found.destination,
                reason=found.reason,
                payload=found.payload,
            )
            self._letters[found.id] = letter
            of = f" of {letter.order} to {letter.destination}" if letter.order else ""
            self._progress.note(f"a dead letter, {letter.kind}{of}; {letter.reason}")
            if letter.order == self._story.given_up:
                self._replay(letter)

    def _replay(self, letter: Letter) -> None:
        self._stage.control.receivers.behave(DOWN)
        answer = self._stage.ledger.dead_letters.replay(letter.id)
        if answer != "replayed":
            raise DemoError(f"dead letter {letter.id} was not replayed: {answer}")
        self._letters[letter.id] = replace(letter, replayed=True)
        self._progress.note(f"{DOWN} is well again; its dead letter is replayed")

    def _deviations(self, seen: Journals) -> tuple[Deviation, ...]:
        letters = tuple(self._letters.values())
        story = check_story(self._story, seen, letters)
        return (*check(self._expected, seen), *story)

    def _flower(self) -> tuple[Deviation, ...]:
        if self._stage.flower.answers():
            return ()
        what = "Flower does not answer, or answers without its password"
        return (Deviation(Kind.STORY, what),)

    def _show(self, seen: Journals) -> None:
        publications = len(self._story.publications)
        published = publications - len(self._unpublished)
        dead = sum(not letter.replayed for letter in self._letters.values())
        now = look(self._seconds(), published, publications, self._expected, seen, dead)
        self._progress.show(now)

    def _seconds(self) -> float:
        return time.monotonic() - self._started


def prepare(stage: Stage, story: Story) -> None:
    """Have the stand-ins know the orders, and two receivers misbehave."""
    control = stage.control
    for order in story.orders:
        plan = steps_of(order.snapshots, "polls", order.polls_each)
        control.orders.put(
            order.westcon_number, _lines(order), order.purchase_order, plan
        )
    busy = Fault.status(_DOWN_STATUS, "busy").on(story.stumbling)
    control.faults.order(f"receiver.{STUMBLES}", busy, STUMBLES_TIMES)
    control.receivers.behave(DOWN, status=_DOWN_STATUS)


def _lines(order: StoryOrder) -> tuple[OrderLine, ...]:
    return tuple(
        OrderLine(number=line, product=f"SKU-{line}", quantity="1")
        for line in order.lines
    )
