"""Actions on a ledger, each with the rules that it must keep."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from serializers.order_record import Line, Order, Portion
from tasks.ledger_values import (
    Advance,
    Begun,
    Claim,
    Delivery,
    Hint,
    NewDelivery,
    Refused,
    WriteResult,
    Written,
)
from tasks.outcomes.outcome import Done, Later
from tests.ledger import acts
from tests.ledger.event_actions import EventActions
from tests.ledger.invariants import sending
from tests.ledger.partner import Going, Made, waits

DESTINATIONS = ("deck", "ingram/acme", "ingram/zeta", "westcon")

#: What does not come any more.
OVER = {"done", "superseded", "discarded", ""}


class Actions(EventActions):
    """Does one thing after the other; what may be lost on the way is the caller's."""

    def looks(self, *, claiming: bool) -> None:
        """Judge what a deed has left; only a claim takes what others are sending."""
        before, self._sending = self._sending, sending(self.judge.looks(self.world))
        disturbed = before - self._sending - {self._reported}
        assert claiming or not disturbed, f"{disturbed} disturbed"
        self._reported = ""

    def claim(self, name: str, partition: int, most: int) -> Hint | None:
        """Lease what may be worked on, when the gate lets something go."""
        calls = self.gates.ask(name, most)
        if not calls:
            return None
        known = self.world.destinations[name]
        found = self.world.claims.claim(known, partition, calls, 8)
        assert not (found.claims and name in self.parked), f"{name} is parked"
        if not found.claims:
            self.gates.unused(name)
            return None
        return found

    def begin(self, hint: Hint, times: int = 1) -> list[Going]:
        """Begin all looks of a hint, or the first delivery of it that is still ours."""
        run = hint.run or self.name("run")
        if hint.destination == "westcon":
            begun = self._begun(hint, hint.claims, run, times)
            going = [self._goes(one, hint, run) for one in begun]
            return [one for one in going if one is not None]
        for place, claim in enumerate(hint.claims, 1):
            (begun_one,) = self._begun(hint, (claim,), run, times)
            one = self._goes(begun_one, hint, run, hint.claims[place:])
            if one is not None:
                return [one]
        return []

    def _begun(
        self, hint: Hint, claims: Sequence[Claim], run: str, times: int
    ) -> list[Begun]:
        for _ in range(times):
            begun = self.world.ledger.begin(hint, claims, run)
        return begun

    def _goes(
        self, begun: Begun, hint: Hint, run: str, rest: tuple[Claim, ...] = ()
    ) -> Going | None:
        if isinstance(begun, Refused):
            return None
        claim = begun.claim
        if not hint.run:
            # Else it was judged when it was written.
            assert hint.destination not in self.parked, f"{claim} began while parked"
            lane = self.judge.number(claim.ref) + hint.destination
            if claim.ref in self.judge.held:
                self._is_next(claim.ref, lane)
            self.judge.begins(claim, run, lane)
        if isinstance(begun, Delivery) and not self.skew.renders(hint, begun, run):
            return None
        one = replace(hint, claims=(claim,), run="", begun=None)
        return Going(one, run, not isinstance(begun, Delivery), rest)

    def _is_next(self, ref: str, lane: str) -> None:
        """Where a receiver holds, nothing that is older may still come."""
        made = self.judge.entered[lane]
        for earlier in made[: made.index(ref)]:
            state = self.state(earlier)
            assert state in OVER, f"{ref} begins before {earlier}, which is {state}"

    def calls(self, made: Made, *, dies: bool = False) -> None:
        """The call of an attempt was made, and its end is not yet reported.

        Args:
            made: the call.
            dies: whether its worker does not disable the receiver, if it should.
        """
        if made.arrived:
            self.judge.arrived[made.ref] += 1
        self.made.append(made)
        self.endpoints.called(made.going.hint.destination, made.outcome, dies=dies)
        self.parked |= self.endpoints.disabled

    def report(self, made: Made, times: int = 1) -> None:
        """Report a call, once, or twice since the answer was lost."""
        going = made.going
        for _ in range(times):
            held, state = self.holds(going), self.state(made.ref)
            (answer,) = acts.settle(self.world, going.hint, made.outcome, going.run)
            self._reports(made, state, held=held)
            fenced = held or isinstance(made.outcome, Done)
            late = {"fenced", "gone"}
            assert fenced or answer in late, f"a late failure made it {answer}"

    def go_on(self, made: Made, times: int = 1) -> Going | None:
        """Report a call and begin the next of its hint, in one round trip."""
        going, settled = made.going, acts.settlement(made.going.hint, made.outcome)
        following, rest = going.rest[0], going.rest[1:]
        if made in self.made:
            # The report may come again, but the worker goes on once.
            alone = replace(made, going=replace(going, rest=()))
            self.made[self.made.index(made)] = alone
        for _ in range(times):
            held, state = self.holds(going), self.state(made.ref)
            begun = self.world.ledger.settle_and_begin(
                going.hint, settled, following, going.run
            )
            self._reports(made, state, held=held)
        return self._goes(begun, going.hint, going.run, rest)

    def _reports(self, made: Made, before: str, *, held: bool) -> None:
        """Only who holds an item may report that it failed."""
        self._reported = made.ref
        if isinstance(made.outcome, Done):
            self.judge.delivered.add(made.ref)
        elif not held:
            now = self.state(made.ref)
            assert now == before, f"a late failure made {made.ref} {now}"
        elif before == "sending":
            self.judge.tried[made.ref] -= isinstance(made.outcome, Later)
            if made.going.watch and self.judge.number(made.ref) in self.judge.wanted:
                number = self.judge.number(made.ref)
                waits(self.world, made.going, number, 0.0)

    def state(self, ref: str) -> str:
        return acts.state(self.world, ref, self.judge.number(ref))

    def holds(self, going: Going) -> bool:
        """Whether the item is still that run's, by the fence that it began with."""
        number, claim = self.judge.number(going.ref), going.hint.claims[0]
        fence = acts.field(self.world, going.ref, "fence", number)
        run = acts.field(self.world, going.ref, "run", number)
        return (fence, run) == (str(claim.fence), going.run)

    def advance(
        self,
        going: Going,
        new: Sequence[NewDelivery],
        next_look: float | None,
        *,
        kept: bool = True,
    ) -> Advance:
        """Record a look; it may be late, and then it moves no watch."""
        number = self.judge.number(going.ref)
        self._reported = going.ref
        self.enter(new, number)
        lines = (Line(self.name("line"), "1", "2", now=(Portion("S", ""),)),)
        order = Order(number, self.name("PO"), lines=lines) if new else None
        seen = acts.seen(self.world, going.hint, *new, order=order, next_look=next_look)
        self.starts.free = self._named % 3 == 0
        if order is not None:
            early = partial(self._advanced, going, seen)
            seen = replace(seen, roster=self.skew.joined(number, early))
        held = self.holds(going) and self.state(going.ref) == "sending"
        self._writes(self._advanced(going, seen), order, kept=kept)
        if held:
            expected = self.judge.looked(number, next_look)
            waits(self.world, going, number, expected)
        return seen

    def _advanced(self, going: Going, seen: Advance) -> list[Written]:
        return self.world.ledger.advance(going.hint, going.run, [seen])

    def advance_late(self, going: Going, seen: Advance) -> None:
        """The same look again, and one on a version that has passed."""
        late = replace(seen, version=seen.version - 1, deliveries=self._never())
        assert self._advanced(going, late) == [Written(WriteResult.STALE)]
        again = WriteResult.ADVANCED if seen.order is None else WriteResult.STALE
        assert self._advanced(going, seen) == [Written(again)]

    def hand_back(self, hint: Hint, after: float, times: int = 1) -> None:
        for _ in range(times):
            self.world.ledger.hand_back(hint, hint.claims, after)
