"""What a walk must never do, told by what the partners really received."""

from collections import Counter

from tasks.work import Claim, NewDelivery
from tests.ledger.clock import World
from tests.ledger.places import Picture, contradictions, picture
from workers.ledger import keys


class Judge:
    """What really happened, and what must therefore hold."""

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {}
        self.arrived: Counter[str] = Counter()
        self.replays: Counter[str] = Counter()
        self.delivered: set[str] = set()
        self.holders: dict[tuple[str, int], str] = {}
        self.started: dict[str, list[str]] = {}
        self.entered: dict[str, list[str]] = {}

    def enters(self, new: NewDelivery, number: str) -> None:
        ref = keys.delivery_ref(new.id)
        self.numbers[ref] = number
        self.entered.setdefault(number + new.destination, []).append(ref)

    def begins(self, claim: Claim, run: str, lane: str) -> None:
        """A try begins: of nothing delivered, by one run per fence, in lane order."""
        assert claim.ref not in self.delivered, f"{claim.ref} again after delivery"
        holder = self.holders.setdefault((claim.ref, claim.fence), run)
        assert holder == run, f"{claim} is held by two runs"
        started = self.started.setdefault(lane, [])
        if claim.ref not in started:
            started.append(claim.ref)
        order = self.entered.get(lane, [claim.ref])
        assert started == sorted(started, key=order.index), "a lane out of order"

    def counts(self, ref: str, marks: int) -> None:
        """What arrived twice was ambiguous, or somebody asked for it."""
        times, asked = self.arrived[ref], self.replays[ref]
        assert times <= 1 + marks + asked, f"{ref} arrived {times} times, unexplained"

    def looks(self, world: World) -> Picture:
        """Every rule that must hold after every step."""
        found = picture(world.redis)
        assert list(contradictions(found)) == []
        for ref in self.numbers:
            assert ref in found.states, f"{ref} is lost"
        for ref in self.delivered:
            assert found.states[ref] == "done", f"{ref} was delivered"
        return found


def sending(found: Picture) -> set[str]:
    """The deliveries under way."""
    return {
        ref
        for ref, state in found.states.items()
        if state == "sending" and ref.startswith(keys.DELIVERY_PREFIX)
    }
