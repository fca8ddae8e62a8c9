"""Repairs of a reconciliation in a walk, each with the rules that it must keep."""

from collections.abc import Callable

from serializers.order_record import Order
from serializers.reconcile.finding import Act, Kind, Repair
from tasks.ledger_values import Kind as Delivered
from tasks.ledger_values import NewDelivery
from tests.ledger import acts
from tests.ledger.actions import OVER, Actions
from tests.ledger.invariants import UNSURE
from workers.ledger import keys
from workers.ledger.reconcile.repairs import Repairs
from workers.redis.answers import octets

#: Makes a repair of an order that is known in this version.
Make = Callable[[Repair, Order, int], str]

#: What a repair answers that changes nothing.
IN_THE_WAY = {"busy", "dead"}


def poll(actions: Actions, number: str) -> None:
    """Have the order be looked at, whatever its watch has come to."""
    before = actions.state(keys.watch_ref("westcon", number))

    def make(repair: Repair, order: Order, version: int) -> str:
        made = _repairs(actions)
        return made.poll(repair, Kind.NOT_WATCHED, order, version, "westcon")

    answer = _once(actions, number, Act.POLL, make)
    assert answer != "dead" or before == "dead", f"{number} was {before}"
    if answer == "made":
        actions.judge.over.discard(number)
        actions.judge.wanted.add(number)


def notify(actions: Actions, number: str, place: int) -> None:
    """Send a notification of the order's again, or a new one where it has none."""
    made = actions.judge.made.get(number, ())
    told = [one for one in made if one.kind is Delivered.NOTIFICATION]
    new = told[place % len(told)] if told else acts.notification(actions.name("N"))
    _deliver(actions, number, Act.NOTIFY, new)


def link(actions: Actions, number: str) -> None:
    """Link the order once more."""
    _deliver(actions, number, Act.LINK, acts.link(actions.name("L")))


def _deliver(actions: Actions, number: str, act: Act, new: NewDelivery) -> None:
    ref = keys.delivery_ref(new.id)
    before = acts.state(actions.world, ref, number)
    key = keys.item(acts.root(actions.world, number), ref)
    history = actions.world.redis.hget(key, "history")

    def make(repair: Repair, order: Order, version: int) -> str:
        deliveries = (new,)
        made = _repairs(actions)
        return made.deliver(repair, Kind.NOT_RECEIVED, order, version, deliveries)

    answer = _once(actions, number, act, make)
    if answer == "made":
        assert before in OVER, f"{ref} was {before} and is sent again"
        actions.enter((new,), number)
        actions.judge.marks[ref] += len(UNSURE.findall(octets(history)))
        _sent_again(actions, ref, number + new.destination)
    elif answer == "dead":
        assert before == "dead", f"{ref} was {before}"


def _sent_again(actions: Actions, ref: str, lane: str) -> None:
    """It counts as new, and stands behind all that its lane has."""
    judge = actions.judge
    judge.delivered.discard(ref)
    judge.replays[ref] += 1
    judge.tried[ref] = 0
    for known in (judge.entered, judge.started):
        refs = known.setdefault(lane, [])
        if ref in refs:
            refs.remove(ref)
    judge.entered[lane].append(ref)


def _once(actions: Actions, number: str, act: Act, make: Make) -> str:
    """Make a repair: late, in time, and once more, the answer being lost."""
    held = actions.world.ledger.orders([number])[0]
    if held.order is None:
        return ""
    repair = Repair(act, number, why=actions.name("why"))
    assert make(repair, held.order, held.version + 1) == "stale"
    answer = make(repair, held.order, held.version)
    assert answer in {"made", *IN_THE_WAY}, answer
    again = "known" if answer == "made" else answer
    assert make(repair, held.order, held.version) == again
    return answer


def _repairs(actions: Actions) -> Repairs:
    world = actions.world
    return Repairs(world.scripts, world.retention, world.places, "plan")
