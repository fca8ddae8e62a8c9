"""How a ledger comes to rest: from some moment on, everything works."""

from tasks.ledger_values import Hint
from tasks.outcomes.outcome import Done
from tests.ledger import acts, people
from tests.ledger.actions import DESTINATIONS, Actions
from tests.ledger.partner import Going, Made
from workers.ledger.claims import Claims


def heal(actions: Actions) -> None:
    """All that is alive must come to its end, within so many rounds."""
    for name in DESTINATIONS:
        people.disable(actions, name, "enable")
    world = actions.world
    # Nothing but the index of Release's looks shows where to go.
    claims = Claims(world.scripts, world.retention, world.partitions, ordered=0)
    rests: dict[tuple[int, str], float] = {}
    for _ in range(800):
        take_in(actions)
        found, rests = claims.ready(rests), {}
        if not found.work and found.seconds is None:
            return
        if not found.work:
            world.clock.advance(round(1000 * (found.seconds or 0)))
        for one in sorted(found.work, key=repr):
            known = world.destinations[one.destination]
            rests[one.partition, one.destination] = 0.0
            finish(actions, world.claims.claim(known, one.partition, 9, 99))
        actions.looks(claiming=True)
    raise AssertionError("the ledger does not come to rest")


def rest(actions: Actions) -> None:
    """Come to rest, then once more with all that was dead before."""
    heal(actions)
    actions.judge.rests(actions.world)
    for letter in list(actions.world.letters.all()):
        people.decide(actions, letter.id, "replayed")
    heal(actions)
    actions.judge.rests(actions.world)


def take_in(actions: Actions) -> None:
    """Admit all that was published, whoever held it."""
    for _ in range(200):
        if actions.feed.rests():
            return
        actions.feed.read(kept=True)
        actions.feed.claim_back(kept=True)
        while actions.feed.handed:
            actions.take_in(actions.feed.handed.pop(0))
        actions.feed.trim()
    raise AssertionError("the stream does not come to rest")


def finish(actions: Actions, hint: Hint) -> None:
    """Work on a hint to its end; every partner takes what is sent."""
    for going in actions.begin(hint) if hint.claims else ():
        one: Going | None = going
        while one is not None:
            one = _ended(actions, one)


def _ended(actions: Actions, going: Going) -> Going | None:
    if going.hint.destination == "westcon":
        _look(actions, going)
        return None
    actions.judge.arrived[going.ref] += 1
    made = Made(going, arrived=True, outcome=Done())
    if not going.rest:
        actions.report(made)
        return None
    # Where the next is refused, the others are due again when their lease has ended.
    return actions.go_on(made)


def _look(actions: Actions, going: Going) -> None:
    """Look for the last time; what cannot be read is given up."""
    number = actions.judge.number(going.ref)
    if actions.world.ledger.orders([number])[0].order is not None:
        actions.advance(going, (), None)
    else:
        actions.report(Made(going, arrived=False, outcome=acts.GIVE_UP))
