"""Where a destination holds, an order's notifications arrive in their order, always."""

import random
from dataclasses import replace

import pytest
import redis

from tasks.ledger_values import Delivery
from tasks.outcomes.outcome import Again, Done, GiveUp, Later, Outcome
from tests.ledger import acts
from tests.ledger.clock import KNOWN, World, build

ACME = "ingram/acme"
OUTCOMES: tuple[Outcome, ...] = (
    Done(),
    Done(),
    Again(10.0, "busy", "http_503"),
    Again(10.0, "unsure", "timeout", ambiguous=True),
    Later(5.0, "wait", "http_410"),
    GiveUp("refused", "http_400"),
)


class Story:
    """One random story of three orders and their endpoint."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.dice = random.Random(seed)
        self.made: dict[str, list[str]] = {"A": [], "B": [], "C": []}
        self.arrived: dict[str, list[str]] = {"A": [], "B": [], "C": []}
        self.discarded: set[str] = set()

    def admit(self) -> None:
        order = self.dice.choice(list(self.made))
        name = f"{order}{len(self.made[order])}"
        self.made[order].append(name)
        acts.admit(self.world, acts.notification(name), number=order)

    def work(self, *outcomes: Outcome) -> None:
        """Claim what is due, call some of it; a worker may die before it reports."""
        hint = acts.claim(self.world, ACME)
        for begun in acts.begin(self.world, hint):
            if not isinstance(begun, Delivery):
                continue
            outcome = self.dice.choice(outcomes)
            one = acts.only(hint, begun.claim.ref)
            if isinstance(outcome, Done):
                self.arrived[begun.order_number].append(begun.id)
            if len(outcomes) == 1 or self.dice.random() < 0.9:
                reported = acts.settlement(one, outcome)
                self.world.ledger.settle(one, "run", [reported])

    def decide(self) -> None:
        """A person replays or discards a dead letter."""
        letters = list(self.world.letters.all())
        if letters and self.dice.random() < 0.8:
            self.world.letters.replay(self.dice.choice(letters).id)
        elif letters:
            id_ = self.dice.choice(letters).id
            self.world.letters.discard(id_)
            self.discarded.add(id_.removeprefix("delivery:"))

    def pass_time(self) -> None:
        self.world.clock.advance(self.dice.choice((1_000, 11_000, 61_000)))

    def report(self, steps: int) -> None:
        acting = (self.admit, lambda: self.work(*OUTCOMES), self.decide, self.pass_time)
        for _ in range(steps):
            self.dice.choices(acting, (2, 4, 1, 3))[0]()

    def end(self) -> None:
        """Everything is mended: whatever is not discarded arrives."""
        for _ in range(200):
            for letter in list(self.world.letters.all()):
                self.world.letters.replay(letter.id)
            self.world.clock.advance(61_000)
            self.work(Done())
            if self.is_over():
                return

    def is_over(self) -> bool:
        """Whether nothing waits, is under way, or waits for a person."""
        held = (f"{{wb:0}}:{kind}:{ACME}" for kind in ("due", "leased"))
        waits = any(self.world.redis.zcard(key) for key in held)
        return not waits and not list(self.world.letters.all())


@pytest.mark.parametrize("seed", range(12))
def test_an_orders_notifications_arrive_in_their_order(
    redis: redis.Redis, seed: int
) -> None:
    story = Story(build(redis, known=[replace(k, holds=True) for k in KNOWN]), seed)

    story.report(150)
    story.end()

    for order, made in story.made.items():
        arrived = story.arrived[order]
        # What was discarded may have arrived before, without anybody knowing.
        wanted = [n for n in made if n in arrived or n not in story.discarded]
        assert list(dict.fromkeys(arrived)) == wanted
        # And a repeat comes before the next one.
        assert arrived == sorted(arrived, key=made.index)
