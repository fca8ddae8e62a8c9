"""Walks of random steps: both ledgers take each of them, and answer the same."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import pytest

from serializers.order_record import Order
from serializers.results.result import NewResult, ResultType
from tasks.ledger_values import (
    Admission,
    Claim,
    Delivery,
    Held,
    Hint,
    NewDelivery,
    Settlement,
    WatchMove,
    Written,
)
from tasks.outcomes.outcome import Again, Done, GiveUp, Later, Outcome
from tests.conftest import Servers, empty
from tests.contracts.subject import InMemory, OnRedis, Subject
from tests.ledger import acts
from tests.redis_servers import binaries

NUMBERS = ("A", "B", "C c")
DESTINATIONS = ("deck", "ingram/acme", "ingram/zeta", "westcon")
STEPS = 250

#: What every walk comes to hear of.
TOLD = {ResultType.ACCEPTED, ResultType.LINKED}

T = TypeVar("T")


@pytest.fixture(params=list(binaries()))
def both(request: pytest.FixtureRequest, servers: Servers) -> Iterator[list[Subject]]:
    """The ledger in memory, and one on Redis."""
    with empty(servers(request.param)) as client:
        yield [InMemory(), OnRedis(client)]


class Walk:
    """One walk through both; equal seeds take equal steps."""

    def __init__(self, both: Sequence[Subject], seed: int) -> None:
        self.both = both
        self.dice = random.Random(seed)
        self.hints: list[Hint] = []
        self.begun: list[tuple[Hint, Delivery | None, str]] = []
        self.names = 0

    def same(self, ask: Callable[[Subject], T]) -> T:
        """Ask both; the answer that both give."""
        first, second = map(ask, self.both)
        assert first == second
        return first

    def step(self) -> None:
        ways = (
            (self.admit, 5),
            (self.repeat, 1),
            (self.claim, 6),
            (self.begin, 8),
            (self.settle, 8),
            (self.go_on, 2),
            (self.advance, 4),
            (self.render, 2),
            (self.hand_back, 1),
            (self.pass_time, 4),
            (self.join, 0.3),
        )
        acts_, weights = zip(*ways, strict=True)
        self.dice.choices(acts_, weights)[0]()
        self.same(lambda one: one.letters())
        self.same(lambda one: [_plain(held) for held in one.ledger.orders(NUMBERS)])

    def new(self) -> list[NewDelivery]:
        """Some deliveries; an id may come again."""
        kinds = (acts.link, acts.notification, acts.change)
        return [
            kind(self.name() if self.dice.random() < 0.9 else "N1")
            for kind in self.dice.choices(kinds, k=self.dice.choice((0, 1, 1, 2)))
        ]

    def name(self) -> str:
        self.names += 1
        return f"N{self.names}"

    def admission(self, one: Subject, number: str, **fields: object) -> Admission:
        return replace(acts.admission(one, number=number), **fields)  # type: ignore[arg-type] # as the caller names them

    def admit(self) -> None:
        number, new = self.dice.choice(NUMBERS), tuple(self.new())
        move, digest = self.dice.choice(list(WatchMove)), self.name()
        order = Order(number, purchase_order=self.name())
        written = self.same(
            lambda one: one.ledger.admit(
                [
                    self.admission(
                        one,
                        number,
                        deliveries=new,
                        watches=(acts.at_westcon(move),),
                        digest=digest,
                        order=order,
                    )
                ]
            )
        )
        self.hints += written[0].leased

    def repeat(self) -> None:
        """An event that came before, or one that was planned on another version."""
        digest = self.dice.choice((f"N{self.names}", self.name()))
        mark = self.dice.choice(("2:meaning", "2:other"))
        late = self.dice.choice((0, 1))
        self.same(
            lambda one: one.ledger.admit(
                [
                    replace(planned, version=planned.version - late, mark=mark)
                    for planned in [acts.admission(one, number="A", digest=digest)]
                ]
            )
        )

    def claim(self) -> None:
        hint, most = (
            Hint(self.dice.choice(DESTINATIONS), 0, ()),
            self.dice.choice((1, 3)),
        )
        claims = self.same(lambda one: one.ledger.claim(hint, most))
        if claims:
            self.hints.append(replace(hint, claims=claims))

    def some_hint(self) -> Hint | None:
        """A hint; it may come twice."""
        if not self.hints:
            return None
        place = self.dice.randrange(len(self.hints))
        kept = self.dice.random() < 0.2
        return self.hints[place] if kept else self.hints.pop(place)

    def begin(self) -> None:
        if hint := self.some_hint():
            run = self.dice.choice(("one", "two"))
            begun = self.same(lambda one: one.ledger.begin(hint, hint.claims, run))
            for item in begun:
                mine = replace(hint, claims=(item.claim,))
                self.begun.append((mine, _delivery(item), run))

    def outcome(self, claim: Claim) -> Outcome:
        after = self.dice.choice((0.0, 5.0, 90.0))
        some: list[Outcome] = [Again(after, "?", "http_503"), Later(after, "?", "gate")]
        some += [GiveUp("?", "http_400")]
        if claim.ref.startswith("delivery:"):
            some += [Done()] * 3
        return self.dice.choice(some)

    def some_call(self) -> tuple[Hint, Delivery | None, str] | None:
        """A call that was begun; it may be reported twice, or late."""
        if not self.begun:
            return None
        place = self.dice.randrange(len(self.begun))
        kept = self.dice.random() < 0.3
        return self.begun[place] if kept else self.begun.pop(place)

    def settlement(self, hint: Hint) -> Settlement:
        return acts.settlement(hint, self.outcome(hint.claims[0]))

    def settle(self) -> None:
        if call := self.some_call():
            hint, _, run = call
            report = self.settlement(hint)
            self.same(lambda one: one.ledger.settle(hint, run, [report]))

    def go_on(self) -> None:
        """Report one and begin another of the same destination."""
        call, following = self.some_call(), self.some_hint()
        if call and following and call[0].destination == following.destination:
            hint, _, run = call
            report, claim = self.settlement(hint), following.claims[0]
            begun = self.same(
                lambda one: one.ledger.settle_and_begin(hint, report, claim, run)
            )
            mine = replace(hint, claims=(claim,))
            self.begun.append((mine, _delivery(begun), run))

    def advance(self) -> None:
        call = self.some_call()
        if call is None or call[0].destination != "westcon":
            return
        hint, _, run = call
        number = acts.number_of(hint.claims[0].ref)
        changed = Order(number, purchase_order=self.name())
        order = self.dice.choice((None, changed))
        new, next_look = self.new(), self.dice.choice((0.0, 60.0, None))
        late = self.dice.choice((0, 0, 0, 1))

        def ask(one: Subject) -> list[Written]:
            seen = acts.seen(one, hint, *new, order=order, next_look=next_look)
            told = (NewResult(ResultType.CHANGED, changed.purchase_order, b"{}"),)
            seen = replace(seen, version=seen.version - late, results=told)
            return one.ledger.advance(hint, run, [seen])

        (written,) = self.same(ask)
        self.hints += written.leased

    def render(self) -> None:
        if call := self.some_call():
            hint, begun, run = call
            if begun is not None:
                body = self.name().encode()
                self.same(lambda one: one.ledger.render(hint, begun, run, body))
                self.begun.append(call)

    def hand_back(self) -> None:
        if hint := self.some_hint():
            after = self.dice.choice((0.0, 5.0))
            self.same(lambda one: one.ledger.hand_back(hint, hint.claims, after))

    def pass_time(self) -> None:
        ms = self.dice.choice((1_000, 20_000, 60_000))
        self.same(lambda one: one.pass_ms(ms))

    def join(self) -> None:
        name = self.name()
        self.same(lambda one: one.join(name))


def _delivery(begun: object) -> Delivery | None:
    return begun if isinstance(begun, Delivery) else None


def _plain(held: Held) -> tuple[Order | None, int, frozenset[str]]:
    """An order without the version of its roster, which is each ledger's own."""
    return held.order, held.version, held.roster.names


@pytest.mark.parametrize("seed", range(6))
def test_both_answer_every_step_alike(both: list[Subject], seed: int) -> None:
    walk = Walk(both, seed)

    for _ in range(STEPS):
        walk.step()

    told = {kind for kind, _ in walk.same(lambda one: one.told())}
    assert told >= {one.value for one in TOLD}
    assert walk.names > STEPS / 5
