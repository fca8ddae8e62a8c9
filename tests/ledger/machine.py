"""The deeds of the walk as a Hypothesis machine: it finds the shortest breach."""

from collections.abc import Callable
from typing import Any, ClassVar

import redis
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tasks.ledger_values import NewDelivery, WatchMove, WriteResult
from tests.ledger import acts, people, repairs
from tests.ledger.actions import Actions
from tests.ledger.clock import HOLDING, build
from tests.ledger.event_actions import UNREADABLE
from tests.ledger.partner import Going, Made, ends
from tests.ledger.quiesce import rest

#: Those that are away at times; the others are never, so that something goes on.
AWAY = ("ingram/zeta", "westcon")

#: Few orders and few at a time, so that things happen to the same ones.
NUMBERS = st.sampled_from(("A", "A", "B"))
KINDS = st.lists(st.sampled_from(("acme", "link", "zeta")), max_size=2)
MOVES = st.sampled_from((WatchMove.NONE, WatchMove.START, *WatchMove))
PLACES = st.integers(0, 4)
WAYS = st.sampled_from((3, 0, 1, 2, 3, 4, 5, 6, 7))
AGAIN = (WriteResult.DUPLICATE, WriteResult.CONFLICT, WriteResult.STALE, None)
TIMES = st.sampled_from((1, 2))
KEPT = st.sampled_from((True, True, False))
SECONDS = st.sampled_from((10.0, 0.0, 100.0))


class Machine(RuleBasedStateMachine):
    """Legal steps only: a rule is open when there is something to do it with."""

    client: ClassVar["redis.Redis"]

    def __init__(self) -> None:
        super().__init__()
        self.client.flushall()
        self.actions = Actions(build(self.client, known=HOLDING))
        self._broken = False

    def step(self, deed: Callable[[], Any], *, claiming: bool = False) -> Any:
        """Do it and judge it; what broke is not healed at the end."""
        self._broken = True
        done = deed()
        self.actions.looks(claiming=claiming)
        self._broken = False
        return done

    def teardown(self) -> None:
        if not self._broken:
            rest(self.actions)

    def planned(self, kinds: list[str]) -> list[NewDelivery]:
        name = self.actions.name
        return [
            acts.link(name("L"))
            if kind == "link"
            else self.actions.skew.notified(name("N"), kind)
            for kind in kinds
        ]

    @initialize(kinds=KINDS)
    def begins_with_an_order(self, kinds: list[str]) -> None:
        new = self.planned(["acme", "acme", *kinds])
        self.step(lambda: self.actions.admit("A", new, WatchMove.START))

    @rule(ms=st.sampled_from((60_000, 1_000, 20_000)))
    def time_passes(self, ms: int) -> None:
        """This is always possible, and ends leases."""
        self.actions.world.clock.advance(ms)

    # Events.

    @rule(number=NUMBERS, kinds=KINDS, move=MOVES, kept=KEPT)
    def admit(
        self, *, number: str, kinds: list[str], move: WatchMove, kept: bool
    ) -> None:
        new = self.planned(kinds)
        self.step(lambda: self.actions.admit(number, new, move, kept=kept))

    @precondition(lambda self: self.actions.admitted)
    @rule(way=st.sampled_from(AGAIN), place=PLACES)
    def comes_again(self, way: WriteResult | None, place: int) -> None:
        """What was there before comes again: an event, a replay, or a repair's send."""
        if way is not None:
            self.step(lambda: self.actions.repeat(self.actions.admitted[-1], way))
            return
        if place == 4:
            self.step(lambda: repairs.notify(self.actions, "A", place))
            return
        refs = people.refs(self.actions)
        ref = refs[place % len(refs)]
        self.step(lambda: people.decide(self.actions, ref, "replayed"))

    @rule(number=NUMBERS, kinds=KINDS, move=MOVES, readable=KEPT)
    def publish(
        self, *, number: str, kinds: list[str], move: WatchMove, readable: bool
    ) -> None:
        if readable:
            self.actions.publish(number, self.planned(kinds), move)
        else:
            self.actions.feed.publish(UNREADABLE + self.actions.name("event").encode())

    @precondition(lambda self: self.actions.feed.waiting)
    @rule(way=st.sampled_from(("read", "claim back", "trim")), kept=KEPT)
    def look_after_the_stream(self, way: str, *, kept: bool) -> None:
        feed = self.actions.feed
        if way == "trim":
            feed.trim()
        else:
            (feed.read if way == "read" else feed.claim_back)(kept=kept)

    @precondition(lambda self: self.actions.feed.handed)
    @rule(place=PLACES, dies=st.sampled_from(("", "before", "after")))
    def take_in(self, place: int, dies: str) -> None:
        handed = self.actions.feed.handed
        ids = handed.pop(place % len(handed))
        self.step(lambda: self.actions.take_in(ids, dies))

    # Work.

    def ready(self) -> Any:
        work = self.actions.world.claims.work()
        return sorted(one.destination for one in work if one.due or one.ended)

    @precondition(ready)
    @rule(place=PLACES, most=st.sampled_from((3, 1)), kept=KEPT)
    def claim(self, *, place: int, most: int, kept: bool) -> None:
        ready = self.ready()
        name = ready[place % len(ready)]
        found = self.step(lambda: self.actions.claim(name, 0, most), claiming=True)
        if found is not None and kept:
            self.actions.hints.append(found)

    @precondition(lambda self: self.actions.hints)
    @rule(place=PLACES, again=st.booleans(), times=TIMES, how=WAYS, after=SECONDS)
    def begin(
        self, *, place: int, again: bool, times: int, how: int, after: float
    ) -> None:
        """Begin and call; the hint may come again, the answer may be lost."""
        hints = self.actions.hints
        place %= len(hints)
        hint = hints[place] if again and not hints[place].run else hints.pop(place)
        for going in self.step(lambda: self.actions.begin(hint, times)):
            self.call(going, how, after)

    @precondition(lambda self: self.actions.hints)
    @rule(how=WAYS, after=SECONDS)
    def work(self, how: int, after: float) -> None:
        """A worker takes the newest hint and comes to an end with it."""
        for going in self.step(lambda: self.actions.begin(self.actions.hints.pop())):
            self.call(going, how, after)
            self.step(lambda: self.actions.report(self.actions.made.pop()))

    def call(self, going: Going, how: int, after: float) -> None:
        ways = ends(after, watch=going.watch)
        outcome, arrived = ways[how % len(ways)]
        self.actions.calls(Made(going, arrived, outcome))

    @precondition(lambda self: self.actions.hints or self.actions.made)
    @rule(place=PLACES, way=st.sampled_from(("hand back", "lose", "die")))
    def come_to_nothing(self, place: int, way: str) -> None:
        """A hint is handed back or lost; a worker dies with its call."""
        hints, made = self.actions.hints, self.actions.made
        if hints and way != "die":
            hint = hints[place % len(hints)]
            if way == "lose":
                hints.remove(hint)
            else:
                self.step(lambda: self.actions.hand_back(hint, 0.0))
        elif made:
            made.pop(place % len(made))

    def taken(self, place: int, *, dies: bool) -> Made:
        """One of the calls made; who lives may report it later again."""
        made = self.actions.made
        return made.pop(place % len(made)) if dies else made[place % len(made)]

    @precondition(lambda self: self.actions.made)
    @rule(place=PLACES, dies=st.booleans(), times=TIMES)
    def report(self, *, place: int, dies: bool, times: int) -> None:
        made = self.taken(place, dies=dies)
        self.step(lambda: self.actions.report(made, times))

    @precondition(lambda self: any(one.going.rest for one in self.actions.made))
    @rule(times=TIMES, how=WAYS, after=SECONDS)
    def report_and_go_on(self, times: int, how: int, after: float) -> None:
        made = next(one for one in self.actions.made if one.going.rest)
        self.actions.made.remove(made)
        going = self.step(lambda: self.actions.go_on(made, times))
        if going is not None:
            self.call(going, how, after)

    @precondition(lambda self: any(one.going.watch for one in self.actions.made))
    @rule(kinds=KINDS, next_look=st.sampled_from((60.0, 0.0, None)), late=st.booleans())
    def advance(self, *, kinds: list[str], next_look: float | None, late: bool) -> None:
        made = next(one for one in self.actions.made if one.going.watch)
        new = self.planned(kinds)
        seen = self.step(lambda: self.actions.advance(made.going, new, next_look))
        if late:
            self.step(lambda: self.actions.advance_late(made.going, seen))

    # People and partners.

    @precondition(lambda self: self.actions.world.letters.count())
    @rule(place=PLACES, wish=st.sampled_from(("replayed", "discarded")))
    def decide(self, place: int, wish: str) -> None:
        letters = [one.id for one in self.actions.world.letters.all()]
        ref = letters[place % len(letters)]
        self.step(lambda: people.decide(self.actions, ref, wish))

    @rule(
        name=st.sampled_from(AWAY),
        word=st.sampled_from(("close", "failed", "served", "disable", "enable")),
    )
    def partner(self, name: str, word: str) -> None:
        if word in {"disable", "enable"}:
            self.step(lambda: people.disable(self.actions, name, word))
            return
        for _ in range(5 if word == "failed" else 1):
            self.actions.gates.report(name, word)


def machine(client: "redis.Redis") -> type[Machine]:
    """The machine on this Redis, which it empties before every example."""
    return type("Ledger", (Machine,), {"client": client})
