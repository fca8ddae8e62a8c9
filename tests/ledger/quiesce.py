"""How a ledger comes to rest: from some moment on, everything works."""

from tasks.ledger_values import Hint
from tasks.outcomes.outcome import Done
from tests.ledger import acts, people
from tests.ledger.actions import DESTINATIONS, Hands
from tests.ledger.partner import Going, Made
from workers.ledger.claims import Claims


def heal(hands: Hands) -> None:
    """All that is alive must come to its end, within so many rounds."""
    for name in DESTINATIONS:
        people.park(hands, name, "unpark")
    world = hands.world
    # Nothing but the index of Release's looks says where to go.
    claims = Claims(world.scripts, world.terms, world.partitions, ordered=0)
    rests: dict[tuple[int, str], float] = {}
    for _ in range(800):
        take_in(hands)
        found, rests = claims.ready(rests), {}
        if not found.work and found.seconds is None:
            return
        if not found.work:
            world.clock.advance(round(1000 * (found.seconds or 0)))
        for one in sorted(found.work, key=repr):
            known = world.destinations[one.destination]
            rests[one.partition, one.destination] = 0.0
            finish(hands, world.claims.claim(known, one.partition, 9, 99))
        hands.looks(claiming=True)
    raise AssertionError("the ledger does not come to rest")


def rest(hands: Hands) -> None:
    """Come to rest, then once more with all that was dead before."""
    heal(hands)
    hands.judge.rests(hands.world)
    for letter in list(hands.world.letters.all()):
        people.decide(hands, letter.id, "replayed")
    heal(hands)
    hands.judge.rests(hands.world)


def take_in(hands: Hands) -> None:
    """Admit all that was published, whoever held it."""
    for _ in range(200):
        if hands.feed.rests():
            return
        hands.feed.read(kept=True)
        hands.feed.claim_back(kept=True)
        while hands.feed.handed:
            hands.take_in(hands.feed.handed.pop(0))
        hands.feed.trim()
    raise AssertionError("the stream does not come to rest")


def finish(hands: Hands, hint: Hint) -> None:
    """Work on a hint to its end; every partner takes what is sent."""
    for going in hands.begin(hint) if hint.claims else ():
        one: Going | None = going
        while one is not None:
            one = _ended(hands, one)


def _ended(hands: Hands, going: Going) -> Going | None:
    if going.hint.destination == "westcon":
        _look(hands, going)
        return None
    hands.judge.arrived[going.ref] += 1
    made = Made(going, arrived=True, outcome=Done())
    if not going.rest:
        hands.report(made)
        return None
    # Where the next is refused, the others are due again when their lease has ended.
    return hands.go_on(made)


def _look(hands: Hands, going: Going) -> None:
    """Look for the last time; what cannot be read is given up."""
    number = hands.judge.number(going.ref)
    if hands.world.ledger.orders([number])[0].order is not None:
        hands.advance(going, (), None)
    else:
        hands.report(Made(going, arrived=False, outcome=acts.GIVE_UP))
