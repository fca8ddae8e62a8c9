"""A walk of random legal steps through one ledger, with a judge beside it.

Workers die, hints are lost, answers are lost and asked for again, reports come
late, twice or never. After every step the judge compares what the partners
received with what the ledger says of it.
"""

import random
import re
from dataclasses import dataclass

from serializers.order import Order
from tasks.outcome import Again, Done, GiveUp, Later, Outcome
from tasks.work import Delivery, Hint, Look, NewDelivery, WatchMove
from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.judge import Judge, sending
from tests.ledger.places import Picture, picture
from workers.ledger import keys

NUMBERS = ("A", "B:{b}", "C c")
DESTINATIONS = ("deck", "ingram/acme", "westcon")
TRIES = 3

#: The lines of a history that say that nobody knows whether the call arrived.
UNSURE = re.compile(rb" ambiguous lease ended| http unsure")


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was made: whether the partner has it, and what we know of it."""

    hint: Hint
    run: str
    arrived: bool
    outcome: Outcome

    @property
    def ref(self) -> str:
        return self.hint.claims[0].ref


class Walk:
    """One walk; equal seeds take equal steps."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.dice = random.Random(seed)
        self.judge = Judge()
        self.hints: list[Hint] = []
        self.made: list[Made] = []
        self.sending: set[str] = set()
        self.reported = ""
        self._named = 0

    def name(self, what: str) -> str:
        self._named += 1
        return f"{what}{self._named:04}"

    def steps(self, count: int) -> None:
        """Take so many steps, and look after each."""
        acting = (
            (self.admit, 3),
            (self.claim, 6),
            (self.begin, 8),
            (self.report, 8),
            (self.pass_time, 4),
            (self.hand_back, 1),
            (self.operate, 2),
            (self.park, 1),
        )
        ways, weights = zip(*acting, strict=True)
        for act in self.dice.choices(ways, weights, k=count):
            act()
            before, self.sending = self.sending, sending(self.check())
            if act != self.claim:
                disturbed = before - self.sending - {self.reported}
                assert not disturbed, f"{act.__name__} disturbed {disturbed}"

    def check(self) -> Picture:
        found = self.judge.looks(self.world)
        pipeline = self.world.redis.pipeline(transaction=False)
        for ref in found.states:
            root = acts.root(self.world, self.number(ref))
            pipeline.hmget(root + ref, "tries", "history")
        unsure = 0
        for ref, (tries, history) in zip(found.states, pipeline.execute(), strict=True):
            assert 0 <= int(tries or 0) <= TRIES, f"{ref} has {tries} tries"
            marks = len(UNSURE.findall(history or b""))
            self.judge.counts(ref, marks)
            unsure += marks
        assert acts.counted(self.world, "ambiguous") == unsure
        return found

    def number(self, ref: str) -> str:
        watched = ref.removeprefix(keys.ORDER_PREFIX)
        return self.judge.numbers.get(ref, watched)

    def admit(self) -> None:
        """An event, which may come twice."""
        number = self.dice.choice(NUMBERS)
        moves = [*WatchMove, WatchMove.START]
        one = acts.admission(
            self.world,
            self.deliveries(number),
            number,
            self.dice.choice(moves),
            self.name("event"),
        )
        for _ in range(self.dice.choice((1, 1, 2))):
            for hint in self.world.ledger.admit([one])[0].leased:
                self.hints.append(hint)

    def deliveries(self, number: str) -> list[NewDelivery]:
        new = []
        if self.dice.random() < 0.4:
            new.append(acts.link(self.name("L")))
        count = self.dice.choice((0, 1, 2))
        new += [acts.notification(self.name("N")) for _ in range(count)]
        for one in new:
            self.judge.enters(one, number)
        return new

    def claim(self) -> None:
        """What is due; sometimes the answer, so the hint, is lost."""
        name = self.dice.choice(DESTINATIONS)
        for partition in range(self.world.partitions):
            found = self.world.claims.claim(
                self.world.destinations[name], partition, 3, 8
            )
            if self.dice.random() < 0.85:
                self.hints += [Hint(name, partition, (one,)) for one in found.claims]

    def take(self, kept: float) -> Hint | None:
        """Some hint; it may stay, since Celery may bring it twice."""
        if not self.hints:
            return None
        place = self.dice.randrange(len(self.hints))
        if self.dice.random() < kept:
            return self.hints[place]
        return self.hints.pop(place)

    def begin(self) -> None:
        """Begin a call and make it; the answer of begin may have to be asked twice."""
        hint = self.take(kept=0.2)
        if hint is None:
            return
        run = self.name("run")
        for _ in range(self.dice.choice((1, 1, 2))):
            (begun,) = acts.begin(self.world, hint, run)
        if not isinstance(begun, Delivery | Look):
            return
        claim = hint.claims[0]
        self.judge.begins(claim, run, self.number(claim.ref) + hint.destination)
        made = self.call(hint, run, watch=isinstance(begun, Look))
        if made.arrived:
            self.judge.arrived[made.ref] += 1
        self.made.append(made)

    def call(self, hint: Hint, run: str, *, watch: bool) -> Made:
        after = self.dice.uniform(0.0, 120.0)
        again, later = Again(after, "no", "http_503"), Later(after, "wait", "x")
        give_up = GiveUp("no", "http_400")
        missed = self.dice.choice((again, again, later, give_up))
        if watch:
            return Made(hint, run, arrived=False, outcome=missed)
        if self.dice.random() < 0.5:
            return Made(hint, run, arrived=False, outcome=missed)
        unsure = Again(after, "unsure", "timeout", ambiguous=True)
        known = self.dice.choice((Done(), Done(), unsure))
        return Made(hint, run, arrived=True, outcome=known)

    def report(self) -> None:
        """Report some call: now or late, once or twice; or its worker has died."""
        if not self.made:
            return
        place = self.dice.randrange(len(self.made))
        made = self.made[place]
        if self.dice.random() < 0.8:
            self.made.pop(place)
        if self.dice.random() < 0.15:
            return
        self.reported = made.ref
        if made.ref.startswith(keys.ORDER_PREFIX) and self.dice.random() < 0.6:
            self.advance(made)
            return
        held = self.holds(made)
        (answer,) = acts.settle(self.world, made.hint, made.outcome, made.run)
        if isinstance(made.outcome, Done):
            self.judge.delivered.add(made.ref)
        elif not held:
            assert answer == "fenced", f"a late failure made {made.ref} {answer}"

    def holds(self, made: Made) -> bool:
        """Whether the item is still that run's, by the fence that it began with."""
        number, claim = self.number(made.ref), made.hint.claims[0]
        fence = acts.field(self.world, made.ref, "fence", number)
        run = acts.field(self.world, made.ref, "run", number)
        return (fence, run) == (str(claim.fence), made.run)

    def advance(self, made: Made) -> None:
        number = self.number(made.ref)
        new = self.deliveries(number)
        order = Order(number, changed_ms=self.world.clock.now_ms) if new else None
        next_look = self.dice.choice((0.0, 60.0, 600.0, None))
        seen = acts.seen(self.world, made.hint, *new, order=order, next_look=next_look)
        for _ in range(self.dice.choice((1, 1, 2))):
            for one in self.world.ledger.advance(made.hint, made.run, [seen]):
                self.hints += one.leased

    def pass_time(self) -> None:
        self.world.clock.advance(self.dice.choice((1, 1_000, 20_000, 60_000)))

    def hand_back(self) -> None:
        hint = self.take(kept=0.3)
        if hint is not None:
            self.world.ledger.hand_back(hint, hint.claims)

    def operate(self) -> None:
        """Replay or discard something, dead or not."""
        refs = sorted(picture(self.world.redis).states)
        dead = [letter.id for letter in self.world.letters.all()]
        for ref in self.dice.sample(dead or refs, k=min(1, len(refs))):
            if self.dice.random() < 0.3:
                self.world.letters.discard(ref)
            elif self.world.letters.replay(ref) == "replayed":
                self.judge.replays[ref] += 1

    def park(self) -> None:
        name = self.dice.choice(DESTINATIONS)
        acts.park(self.world, name, self.dice.choice(("park", "unpark", "unpark")))

    def heal(self) -> None:
        """From now on everything works: all that is alive must come to its end."""
        for name in DESTINATIONS:
            acts.unpark(self.world, name)
        for _ in range(400):
            work = self.world.claims.work()
            if not work:
                return
            waits = [ms for one in work for ms in (one.due_ms, one.ended_ms)]
            self.world.clock.advance(min(ms for ms in waits if ms is not None))
            for one in work:
                hint = self.world.claims.claim(
                    self.world.destinations[one.destination], one.partition, 9, 99
                )
                self.finish(hint)
            self.check()
        raise AssertionError("the ledger does not come to rest")

    def finish(self, hint: Hint) -> None:
        for claim in hint.claims:
            one = Hint(hint.destination, hint.partition, (claim,))
            run = self.name("run")
            (begun,) = acts.begin(self.world, one, run)
            if isinstance(begun, Look):
                seen = acts.seen(self.world, one, next_look=None)
                self.world.ledger.advance(one, run, [seen])
            elif isinstance(begun, Delivery):
                self.judge.begins(claim, run, begun.order_number + hint.destination)
                self.judge.arrived[claim.ref] += 1
                acts.settle(self.world, one, Done(), run)
                self.judge.delivered.add(claim.ref)
