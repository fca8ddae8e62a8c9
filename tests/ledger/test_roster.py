"""The ledger's endpoints, and changes kept for one that their worker does not know."""

from dataclasses import replace

from serializers.order_record import Order
from tasks.ledger_values import Delivery, Kind, WatchMove, WriteResult
from tests.ledger import acts
from tests.ledger.clock import World
from workers.ledger import keys
from workers.ledger.endpoints.rosters import Rosters


def rosters(world: World) -> Rosters:
    return Rosters(world.scripts, world.partitions)


def test_every_partition_has_the_endpoints_that_any_worker_brought(
    cut_world: World,
) -> None:
    rosters(cut_world).join(["acme", "beta"])
    rosters(cut_world).join(["acme", "gamma"])

    for partition in range(cut_world.partitions):
        found = rosters(cut_world).read(partition)
        assert found.names == {"acme", "beta", "gamma"}


def test_the_version_is_another_one_after_each_change_and_only_then(
    world: World,
) -> None:
    book, versions = rosters(world), [rosters(world).read(0).version]
    for names in (["acme"], ["acme"], ["beta", "acme"], []):
        world.clock.advance(-1_000)
        book.join(names)
        versions.append(book.read(0).version)

    assert versions[0] == ""
    assert versions[1] == versions[2]
    assert versions[3] == versions[4]
    assert len(set(versions)) == 3


def test_names_that_a_process_has_are_not_kept_a_second_time(world: World) -> None:
    own = ["acme", b"beta".decode()]
    rosters(world).join(["gamma"])
    book = rosters(world)
    book.join(own)

    found = book.read(0).names

    assert found == {"acme", "beta", "gamma"}
    assert {id(name) for name in own} <= {id(name) for name in found}


def test_ten_thousand_names_join_in_parcels(world: World) -> None:
    names = [f"e{n}" for n in range(2_500)]

    rosters(world).join(names)

    assert rosters(world).read(0).names == set(names)


def test_a_plan_without_an_endpoint_that_has_come_is_stale_and_writes_nothing(
    cut_world: World,
) -> None:
    world = cut_world
    planned = acts.admission(world, [acts.notification()])
    rosters(world).join(["beta"])

    (written,) = world.ledger.admit([planned])

    assert written.verdict is WriteResult.STALE
    assert world.ledger.orders(["SO-1"])[0].order is None
    (held,) = world.ledger.orders(["SO-1"])
    assert held.roster.names == {"beta"}
    again = replace(planned, roster=held.roster.version)
    assert world.ledger.admit([again])[0].verdict is WriteResult.ADMITTED


def test_a_look_without_an_endpoint_that_has_come_is_stale_and_writes_nothing(
    world: World,
) -> None:
    (hint,) = acts.admit(world, watch=WatchMove.START).leased
    acts.begin(world, hint)
    order = Order("SO-1", purchase_order="new")
    seen = acts.seen(world, hint, acts.notification(), order=order)
    rosters(world).join(["beta"])

    (written,) = world.ledger.advance(hint, "run", [seen])

    assert written.verdict is WriteResult.STALE
    assert acts.state(world, "delivery:N1") == ""
    # A look that has seen nothing new plans nothing.
    idle = replace(seen, order=None, deliveries=())
    assert world.ledger.advance(hint, "run", [idle])[0].verdict is WriteResult.ADVANCED


def test_what_was_read_of_the_roster_is_asked_for_again_only_after_a_change(
    world: World,
) -> None:
    rosters(world).join(["acme"])
    world.ledger.orders(["SO-1"])
    world.redis.sadd(keys.prefix(0) + "endpoints", "unversioned")

    assert world.ledger.orders(["SO-1"])[0].roster.names == {"acme"}
    assert world.ledger.roster(0).names == {"acme"}
    rosters(world).join(["beta"])
    names = world.ledger.orders(["SO-1"])[0].roster.names
    assert names == {"acme", "beta", "unversioned"}


def test_a_changes_body_is_stored_once_and_begun_with_ever_after(world: World) -> None:
    (hint,) = acts.admit(world, acts.change()).leased
    (begun,) = acts.begin(world, hint)
    assert isinstance(begun, Delivery)
    assert (begun.kind, begun.payload, begun.number) == (Kind.CHANGE, b"kept", 1)

    first = world.ledger.render(hint, begun, "run", b"body")
    again = world.ledger.render(hint, begun, "run", b"another")

    assert (first, again) == (b"body", b"body")
    back = acts.claim_back(world, "ingram/acme")
    (later,) = acts.begin(world, back, "other")
    assert isinstance(later, Delivery)
    assert (later.kind, later.payload) == (Kind.NOTIFICATION, b"body")


def test_only_who_holds_a_change_stores_its_body(world: World) -> None:
    (hint,) = acts.admit(world, acts.change()).leased
    (begun,) = acts.begin(world, hint)
    assert isinstance(begun, Delivery)
    acts.begin(world, acts.claim_back(world, "ingram/acme"), "other")

    assert world.ledger.render(hint, begun, "run", b"late") is None
    assert world.ledger.render(hint, begun, "other", b"late") is None
    assert acts.field(world, "delivery:C1", "payload") == "kept"


def test_a_dead_change_is_a_notification_for_people(world: World) -> None:
    acts.dead(world, acts.change())

    (letter,) = world.letters.all()

    assert letter.kind == "notification"
