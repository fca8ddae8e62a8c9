"""A notification's number among its order's to one endpoint: a gap can be seen."""

from tasks.ledger_values import Delivery, Hint
from tests.ledger import acts
from tests.ledger.clock import World

ZETA = "zeta"


def numbers(world: World, hint: Hint) -> list[int]:
    begun = acts.begin(world, hint)
    return [one.number for one in begun if isinstance(one, Delivery)]


def test_notifications_are_numbered_from_one_by_order_and_endpoint(
    cut_world: World,
) -> None:
    world = cut_world
    first = acts.admit(world, acts.notification("N1"), acts.notification("Z1", ZETA))
    other = acts.admit(world, acts.notification("N2"), number="SO-2")
    acts.admit(world, acts.notification("N3"), acts.notification("Z2", ZETA))

    begun = [numbers(world, hint) for hint in (*first.leased, *other.leased)]

    assert begun == [[1], [1], [1]]
    assert acts.field(world, "delivery:N3", "number") == "2"
    assert acts.field(world, "delivery:Z2", "number") == "2"


def test_an_event_that_comes_again_takes_no_number(world: World) -> None:
    first = acts.admission(world, [acts.notification("N1")])
    world.ledger.admit([first])
    world.ledger.admit([first])

    acts.admit(world, acts.notification("N2"))

    assert acts.field(world, "delivery:N2", "number") == "2"


def test_a_replayed_notification_keeps_its_number_and_goes_last(world: World) -> None:
    acts.dead(world, acts.notification("N1"))
    (second,) = acts.admit(world, acts.notification("N2")).leased
    assert world.letters.replay("delivery:N1") == "replayed"
    acts.settle(world, acts.sent(world, second), acts.DONE)

    found = acts.claim(world, "ingram/acme")

    assert numbers(world, found) == [1]
    assert acts.field(world, "delivery:N2", "number") == "2"


def test_a_link_has_no_number(world: World) -> None:
    (hint,) = acts.admit(world, acts.link()).leased

    assert numbers(world, hint) == [0]


def test_what_an_older_release_made_is_sent_without_a_number(world: World) -> None:
    (hint,) = acts.admit(world, acts.notification("N1")).leased
    world.redis.hdel(acts.root(world) + "delivery:N1", "number")

    (begun,) = acts.begin(world, hint)

    assert isinstance(begun, Delivery)
    assert begun.number == 0
