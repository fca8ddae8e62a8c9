"""A walk of random legal steps through one ledger, with a judge beside it.

Workers die, hints are lost, answers are lost and asked for again, reports come
late, twice or never. After every step the judge compares what the partners
received with what the ledger says of it.
"""

import random
from collections.abc import Callable
from dataclasses import replace

from serializers.order import Line, Order
from tasks.outcome import Done
from tasks.work import (
    Admission,
    Delivery,
    Hint,
    Look,
    NewDelivery,
    Refused,
    Verdict,
    WatchMove,
    Written,
)
from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.judge import Judge, sending
from tests.ledger.partner import Made, call
from tests.ledger.places import picture
from workers.ledger import keys

NUMBERS = ("A", "A", "A", "B:{b}", "C c")
DESTINATIONS = ("deck", "ingram/acme", "ingram/zeta", "westcon")


class Walk:
    """One walk; equal seeds take equal steps."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.dice = random.Random(seed)
        self.judge = Judge()
        self.hints: list[Hint] = []
        self.made: list[Made] = []
        self.admitted: list[Admission] = []
        self.parked: set[str] = set()
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
            (self.bury_event, 0.4),
            (self.spoil, 0.3),
        )
        ways, weights = zip(*acting, strict=True)
        for act in self.dice.choices(ways, weights, k=count):
            self.step(act)

    def step(self, act: Callable[[], None]) -> None:
        act()
        before, self.sending = self.sending, sending(self.judge.looks(self.world))
        if act != self.claim:
            disturbed = before - self.sending - {self.reported}
            assert not disturbed, f"{act.__name__} disturbed {disturbed}"

    def whole(self, steps: int) -> None:
        """A walk that ends with everything at rest, also what was dead before."""
        self.steps(steps)
        self.heal()
        self.judge.rests(self.world)
        for letter in list(self.world.letters.all()):
            self.decide(letter.id, "replayed")
        self.heal()
        self.judge.rests(self.world)

    def admit(self) -> None:
        """An event; an old one may come again, or with other bytes, or too late."""
        number = self.dice.choice(NUMBERS)
        move = self.dice.choice([*WatchMove, WatchMove.START])
        new, id_ = self.deliveries(number), self.name("event")
        one = acts.admission(self.world, new, number, move, id_)
        one = replace(one, order=replace(one.order, purchase_order=self.name("PO")))
        self.write(self.world.ledger.admit([one]), one.order)
        self.admitted.append(one)
        old, never = self.dice.choice(self.admitted), self.never()
        for again, verdict in (
            (old, Verdict.DUPLICATE),
            (replace(old, body_digest="other"), Verdict.CONFLICT),
            (replace(one, digest=self.name("event"), deliveries=never), Verdict.STALE),
        ):
            if self.dice.random() < 0.3:
                assert self.world.ledger.admit([again]) == [Written(verdict)]

    def write(self, answers: list[Written], order: Order | None) -> None:
        """What was written holds; the answer, so the hints, may be lost."""
        (written,) = answers
        assert written.verdict in {Verdict.ADMITTED, Verdict.ADVANCED}
        if order is not None:
            self.judge.records[order.number] = order
        if self.dice.random() < 0.9:
            self.hints += written.leased

    def never(self) -> tuple[NewDelivery, ...]:
        """The deliveries of a plan that comes too late."""
        return (acts.notification(self.name("never")),)

    def deliveries(self, number: str) -> list[NewDelivery]:
        new = []
        if self.dice.random() < 0.4:
            new.append(acts.link(self.name("L")))
        for _ in range(self.dice.choice((0, 1, 2))):
            endpoint = self.dice.choice(("acme", "acme", "zeta"))
            new.append(acts.notification(self.name("N"), endpoint))
        made = self.judge.made.get(number)
        if made and self.dice.random() < 0.1:
            new.append(self.dice.choice(made))
        for one in new:
            self.judge.enters(one, number)
        return new

    def claim(self) -> None:
        """What is due; sometimes the answer, so the hint, is lost."""
        work = self.world.claims.work()
        ready = {one.destination for one in work if one.due or one.ended}
        some = ready if ready and self.dice.random() < 0.8 else DESTINATIONS
        name = self.dice.choice(sorted(some))
        for partition in range(self.world.partitions):
            found = self.world.claims.claim(
                self.world.destinations[name], partition, 3, 8
            )
            assert not (found.claims and name in self.parked), f"{name} is parked"
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
        if isinstance(begun, Refused):
            return
        assert hint.destination not in self.parked, f"{hint} began while parked"
        claim = hint.claims[0]
        self.judge.begins(claim, run, self.judge.number(claim.ref) + hint.destination)
        made = call(self.dice, hint, run, watch=not isinstance(begun, Delivery))
        if made.arrived:
            self.judge.arrived[made.ref] += 1
        self.made.append(made)

    def report(self) -> None:
        """Report some call: now or late, once or twice; or its worker has died."""
        if not self.made:
            return
        place = self.dice.randrange(len(self.made))
        made = self.made[place]
        if self.dice.random() < 0.6:
            self.made.pop(place)
        if self.dice.random() < 0.15:
            return
        self.reported = made.ref
        if made.ref.startswith(keys.ORDER_PREFIX) and self.dice.random() < 0.6:
            self.advance(made)
            return
        for _ in range(self.dice.choice((1, 1, 2))):
            held = self.holds(made)
            (answer,) = acts.settle(self.world, made.hint, made.outcome, made.run)
            if isinstance(made.outcome, Done):
                self.judge.delivered.add(made.ref)
            elif not held:
                assert answer == "fenced", f"a late failure made {made.ref} {answer}"

    def holds(self, made: Made) -> bool:
        """Whether the item is still that run's, by the fence that it began with."""
        number, claim = self.judge.number(made.ref), made.hint.claims[0]
        fence = acts.field(self.world, made.ref, "fence", number)
        run = acts.field(self.world, made.ref, "run", number)
        return (fence, run) == (str(claim.fence), made.run)

    def advance(self, made: Made) -> None:
        number = self.judge.number(made.ref)
        new = self.deliveries(number)
        lines = (Line(self.name("line"), "1", "2", "S"),)
        order = Order(number, self.name("PO"), lines=lines) if new else None
        next_look = self.dice.choice((0.0, 60.0, 600.0, None))
        seen = acts.seen(self.world, made.hint, *new, order=order, next_look=next_look)
        advance = self.world.ledger.advance
        late = replace(seen, version=seen.version - 1, deliveries=self.never())
        if self.dice.random() < 0.3:
            assert advance(made.hint, made.run, [late]) == [Written(Verdict.STALE)]
        self.write(advance(made.hint, made.run, [seen]), order)
        if self.dice.random() < 0.3:
            expected = Verdict.STALE if order else Verdict.ADVANCED
            assert advance(made.hint, made.run, [seen]) == [Written(expected)]

    def pass_time(self) -> None:
        self.world.clock.advance(self.dice.choice((1_000, 20_000, 60_000)))

    def hand_back(self) -> None:
        hint = self.take(kept=0.3)
        if hint is not None:
            after = self.dice.choice((0.0, 0.0, 5.0, 60.0))
            for _ in range(self.dice.choice((1, 2))):
                self.world.ledger.hand_back(hint, hint.claims, after)

    def operate(self) -> None:
        """Replay or discard something, dead or not."""
        refs = sorted(picture(self.world.redis).states)
        dead = [letter.id for letter in self.world.letters.all()]
        some = dead if dead and self.dice.random() < 0.8 else refs
        for ref in self.dice.sample(some, k=min(1, len(some))):
            self.decide(ref, self.dice.choice(("replayed", "replayed", "discarded")))

    def decide(self, ref: str, wish: str) -> None:
        """Ask for it, and once more since the answer was lost."""
        letters = self.world.letters
        ask = letters.replay if wish == "replayed" else letters.discard
        if ask(ref) == wish:
            self.judge.decided(self.world, ref, wish)
            assert ask(ref) in {"not_dead", "gone"}, f"{ref} {wish} twice"

    def park(self) -> None:
        name = self.dice.choice(DESTINATIONS)
        way = self.dice.choice(("park", "unpark", "unpark"))
        acts.park(self.world, name, way)
        self.parked = self.parked | {name} if way == "park" else self.parked - {name}

    def bury_event(self) -> None:
        """An event that cannot be read."""
        entry = self.name("entry")
        for _ in range(2):
            self.world.ledger.bury_event(entry, b"?", "unreadable", "decode")
        self.judge.events.add(keys.event_ref(entry))

    def spoil(self) -> None:
        """A record becomes one that this release cannot read."""
        number = self.dice.choice(NUMBERS)
        key = f"{acts.root(self.world, number)}record:{number}"
        if self.world.redis.set(key, b"?", xx=True, keepttl=True):
            self.judge.records[number] = None

    def heal(self) -> None:
        """From now on everything works: all that is alive must come to its end."""
        for name in DESTINATIONS:
            acts.unpark(self.world, name)
        self.parked.clear()
        for _ in range(400):
            work = sorted(self.world.claims.work(), key=repr)
            if not work:
                return
            waits = [ms for one in work for ms in (one.due_ms, one.ended_ms)]
            self.world.clock.advance(min(ms for ms in waits if ms is not None))
            for one in work:
                hint = self.world.claims.claim(
                    self.world.destinations[one.destination], one.partition, 9, 99
                )
                self.finish(hint)
            self.judge.looks(self.world)
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
            elif not isinstance(begun, Refused):
                acts.settle(self.world, one, acts.GIVE_UP, run)
