"""A walk of random legal steps through one ledger, with a judge beside it.

Workers die, hints are lost, answers are lost and asked for again, reports come
late, twice or never. After every step the judge compares what the partners
received with what the ledger holds of it.
"""

import random
from collections.abc import Callable, Sequence

from tasks.ledger_values import Hint, NewDelivery, WatchMove, WriteResult
from tests.ledger import acts, people, repairs
from tests.ledger.actions import DESTINATIONS, Actions
from tests.ledger.clock import World
from tests.ledger.event_actions import UNREADABLE
from tests.ledger.partner import Going, Made, call
from tests.ledger.quiesce import heal, rest
from tests.ledger.round import Round
from workers.ledger import keys

#: One step.
Act = Callable[[], None]

NUMBERS = ("A", "A", "A", "B:{b}", "C c")


class Walk:
    """One walk; equal seeds take equal steps."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.dice = random.Random(seed)
        self.actions = Actions(world)
        self.round = Round(self.actions)
        self.refusing = ""

    def ways(self) -> tuple[tuple[Act, float], ...]:
        """What may be done, and how often."""
        return (
            (self.admit, 3),
            (self.publish, 2),
            (self.take_in, 3),
            (self.claim, 6),
            (self.release, 1),
            (self.begin, 8),
            (self.report, 8),
            (self.pass_time, 4),
            (self.hand_back, 1),
            (self.operate, 3),
            (self.gate, 0.7),
            (self.disable, 0.7),
            (self.refuse, 1),
            (self.spoil, 0.3),
            (self.step_back, 0.7),
            (self.forget, 1.5),
            (self.repair, 1.5),
        )

    def steps(self, count: int, halfway: Act = lambda: None) -> None:
        """Take so many steps, and look after each; in their middle, something else."""
        ways, weights = zip(*self.ways(), strict=True)
        for n, act in enumerate(self.dice.choices(ways, weights, k=count)):
            if n == count // 2:
                halfway()
            self.step(act)

    def step(self, act: Callable[[], None]) -> None:
        act()
        self.actions.looks(claiming=act in {self.claim, self.release})

    def whole(self, steps: int) -> None:
        """A walk that ends with everything at rest, also what was dead before."""
        self.steps(steps)
        rest(self.actions)

    def heal(self) -> None:
        heal(self.actions)

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def times(self) -> int:
        """Once; or twice, the answer being lost."""
        return self.dice.choice((1, 1, 2))

    def admit(self) -> None:
        """An event; an old one may come again, or with other bytes, or too late."""
        number, move = self.dice.choice(NUMBERS), self.move()
        new = self.deliveries(number)
        self.actions.admit(number, new, move, kept=self.chance(0.9))
        for way in (WriteResult.DUPLICATE, WriteResult.CONFLICT, WriteResult.STALE):
            if self.chance(0.3):
                late = way is WriteResult.STALE
                old = self.actions.admitted[-1 if late else self.some_event()]
                self.actions.repeat(old, way)

    def some_event(self) -> int:
        return self.dice.randrange(len(self.actions.admitted))

    def move(self) -> WatchMove:
        moved: WatchMove = self.dice.choice([*WatchMove, WatchMove.START])
        return moved

    def publish(self) -> None:
        """An event is published; some cannot be read."""
        if self.chance(0.1):
            self.actions.feed.publish(UNREADABLE + self.actions.name("event").encode())
            return
        number, move = self.dice.choice(NUMBERS), self.move()
        self.actions.publish(number, self.deliveries(number), move)

    def take_in(self) -> None:
        """Something becomes of the stream; its readers may die at every step."""
        feed = self.actions.feed
        feed.read(kept=self.chance(0.9))
        if self.chance(0.4):
            feed.claim_back(kept=self.chance(0.9))
        if feed.handed and self.chance(0.8):
            ids = feed.handed.pop(self.dice.randrange(len(feed.handed)))
            self.actions.take_in(ids, self.dice.choice(("", "", "", "before", "after")))
        if self.chance(0.5):
            feed.trim()

    def deliveries(self, number: str) -> Sequence[NewDelivery]:
        actions, new = self.actions, []
        if self.chance(0.4):
            new.append(acts.link(actions.name("L")))
        for _ in range(self.dice.choice((0, 1, 2))):
            endpoint = self.dice.choice(("acme", "acme", "zeta"))
            new.append(actions.skew.notified(actions.name("N"), endpoint))
        made = actions.judge.made.get(number)
        if made and self.chance(0.1):
            new.append(self.dice.choice(made))
        return new

    def claim(self) -> None:
        """What is due; sometimes the answer, so the hint, is lost."""
        work = self.world.claims.work()
        ready = {one.destination for one in work if one.due or one.ended}
        some = ready if ready and self.chance(0.8) else DESTINATIONS
        name = self.dice.choice(sorted(some))
        for partition in range(self.world.partitions):
            found = self.actions.claim(name, partition, 3)
            if found is not None and self.chance(0.85):
                self.hints(found)

    def hints(self, found: Hint) -> None:
        """One hint for all that was claimed, or one for each."""
        if self.chance(0.5):
            self.actions.hints.append(found)
        else:
            self.actions.hints += [acts.only(found, one.ref) for one in found.claims]

    def release(self) -> None:
        self.round.turn()

    def take(self, kept: float) -> Hint | None:
        """Some hint; it may stay, since Celery may bring it twice."""
        if not self.actions.hints:
            return None
        place = self.dice.randrange(len(self.actions.hints))
        if self.chance(kept) and not self.actions.hints[place].run:
            return self.actions.hints[place]
        return self.actions.hints.pop(place)

    def begin(self) -> None:
        """Begin a call and make it; the answer of begin may have to be asked twice."""
        hint = self.take(kept=0.2)
        if hint is not None:
            for going in self.actions.begin(hint, self.times()):
                self.calls(going)

    def report(self) -> None:
        """Report some call: now or late, once or twice; or its worker has died."""
        made = self.actions.made
        if not made:
            return
        place = self.dice.randrange(len(made))
        one = made[place]
        if self.chance(0.6):
            made.pop(place)
        if self.chance(0.15):
            return
        if keys.watched(one.ref) and self.chance(0.6):
            self.advance(one.going)
        elif one.going.rest and self.chance(0.7):
            self.go_on(one)
        else:
            self.actions.report(one, self.times())

    def go_on(self, made: Made) -> None:
        going = self.actions.go_on(made, self.times())
        if going is not None:
            self.calls(going)

    def calls(self, going: Going) -> None:
        made = call(self.dice, going)
        if going.hint.destination == self.refusing:
            made = Made(going, arrived=False, outcome=acts.GIVE_UP)
        self.actions.calls(made, dies=self.chance(0.2))

    def refuse(self) -> None:
        """A receiver refuses whatever it is sent, or takes it again."""
        self.refusing = self.dice.choice(("ingram/acme", "ingram/zeta", ""))

    def advance(self, going: Going) -> None:
        number = self.actions.judge.number(going.ref)
        if not acts.known(self.world, number):
            return
        if self.chance(0.2):
            # The ERP speaks of the order while it is looked at.
            self.actions.admit(number, (), self.move())
        new = self.deliveries(number)
        next_look = self.dice.choice((0.0, 60.0, 600.0, None))
        seen = self.actions.advance(going, new, next_look, kept=self.chance(0.9))
        if self.chance(0.3):
            self.actions.advance_late(going, seen)

    def pass_time(self) -> None:
        self.world.clock.advance(self.dice.choice((1_000, 20_000, 60_000)))

    def step_back(self) -> None:
        """Redis' clock is put right, or its place taken by one that is behind."""
        ms = self.dice.choice((5_000, 60_000, 300_000))
        self.world.clock.advance(-ms)
        self.actions.judge.back_ms += ms
        # Release puts its looks in order, a few at each turn.
        self.world.claims.ready()

    def forget(self) -> None:
        people.forget(self.actions, self.dice.choice(NUMBERS))

    def hand_back(self) -> None:
        hint = self.take(kept=0.3)
        if hint is not None:
            after = self.dice.choice((0.0, 0.0, 5.0, 60.0))
            self.actions.hand_back(hint, after, self.times())

    def operate(self) -> None:
        """Replay or discard something, dead or not."""
        dead = [letter.id for letter in self.world.letters.all()]
        some = dead if dead and self.chance(0.8) else people.refs(self.actions)
        for ref in self.dice.sample(some, k=min(1, len(some))):
            wish = self.dice.choice(("replayed", "replayed", "discarded"))
            people.decide(self.actions, ref, wish)

    def repair(self) -> None:
        """A plan of a reconciliation is applied to an order, whatever its state."""
        number = self.dice.choice(NUMBERS)
        match self.dice.choice(("poll", "link", "notify", "notify")):
            case "poll":
                repairs.poll(self.actions, number)
            case "link":
                repairs.link(self.actions, number)
            case _:
                repairs.notify(self.actions, number, self.dice.randrange(50))

    def gate(self) -> None:
        """A destination fails until its breaker opens, asks to wait, or works."""
        name = self.dice.choice(DESTINATIONS)
        verdict = self.dice.choice(("served", "close", "failed"))
        for _ in range(5 if verdict == "failed" else 1):
            self.actions.gates.report(name, verdict)

    def disable(self) -> None:
        name = self.dice.choice(DESTINATIONS)
        people.disable(
            self.actions, name, self.dice.choice(("disable", "enable", "enable"))
        )

    def spoil(self) -> None:
        people.spoil(self.actions, self.dice.choice(NUMBERS))
