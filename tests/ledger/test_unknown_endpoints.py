"""What waits for an endpoint that no living worker knows, and who knows which."""

from dataclasses import replace

import pytest

from serializers.timeline.codes import Code, note
from tasks.ledger_values import Kind, NewDelivery
from tests.ledger import acts
from tests.ledger.clock import World
from workers.ledger import keys
from workers.ledger.endpoints.known import NONE, Membership, digest, unknown
from workers.ledger.endpoints.rosters import Rosters
from workers.ledger.endpoints.unknown import AT_ONCE, CODE, UnknownEndpoints, Waiting
from workers.ledger.identity.heartbeats import HOLDS_MS, Alive, Heartbeat

BETA = "ingram/beta"
DAY_MS = 86_400_000


def book(world: World) -> UnknownEndpoints:
    return UnknownEndpoints(world.scripts, world.retention, world.partitions)


def keep(world: World, *ids: str, number: str = "SO-1") -> None:
    made = [NewDelivery(id_, BETA, Kind.CHANGE, b"kept") for id_ in ids]
    acts.admit(world, *made, number=number)


def give_up(world: World, after_ms: int = DAY_MS) -> int:
    partitions = range(world.partitions)
    return sum(book(world).give_up("beta", p, after_ms) for p in partitions)


def alive(*names: str) -> Alive:
    return Alive("t", Heartbeat("w@h", endpoints=digest(names)))


def test_every_delivery_of_every_lane_is_counted(cut_world: World) -> None:
    keep(cut_world, "C1", "C2", number="SO-1")
    keep(cut_world, "C3", number="SO-2")

    assert book(cut_world).waiting("beta") == Waiting(3)
    assert book(cut_world).waiting("other") == Waiting(0)


def test_what_was_made_too_long_ago_is_a_dead_letter_each_by_its_own_age(
    cut_world: World,
) -> None:
    world = cut_world
    keep(world, "C1", "C2")
    world.clock.advance(DAY_MS - 1)
    keep(world, "C3")
    assert give_up(world) == 0

    world.clock.advance(1)
    assert give_up(world) == 2

    states = [acts.state(world, f"delivery:C{n}") for n in (1, 2, 3)]
    assert states == ["dead", "dead", "due"]
    letters = list(world.letters.all())
    assert {letter.id for letter in letters} == {"delivery:C1", "delivery:C2"}
    assert acts.field(world, "delivery:C1", "code") == CODE
    assert note(Code.GIVEN_UP, BETA, "delivery:C1", CODE) in acts.timeline(world)


def test_a_letter_is_replayed_once_its_endpoint_is_known(world: World) -> None:
    keep(world, "C1")
    world.clock.advance(DAY_MS)
    give_up(world)

    assert world.letters.replay("delivery:C1") == "replayed"

    assert acts.state(world, "delivery:C1") == "due"
    assert acts.field(world, "delivery:C1", "payload") == "kept"


def test_what_a_worker_held_when_it_ended_is_given_up_and_counted(
    world: World,
) -> None:
    (hint,) = acts.admit(world, acts.notification("N1")).leased
    acts.begin(world, hint)
    world.clock.advance(DAY_MS)

    given_up = UnknownEndpoints(world.scripts, world.retention).give_up(
        "acme", 0, DAY_MS
    )

    assert given_up == 1
    assert acts.state(world, "delivery:N1") == "dead"
    assert acts.counted(world, "ambiguous:worker") == 1


def test_what_a_worker_holds_is_let_be(world: World) -> None:
    (hint,) = acts.admit(world, acts.notification("N1")).leased
    acts.begin(world, hint)

    assert UnknownEndpoints(world.scripts, world.retention).give_up("acme", 0, 0) == 0


def test_an_endpoint_is_forgotten_whole_and_in_parcels(world: World) -> None:
    for n in range(AT_ONCE + 1):
        keep(world, f"C{n}", number=f"SO-{n % 7}")
    Rosters(world.scripts).join(["acme", "beta"])
    before = Rosters(world.scripts).read(0).version

    assert book(world).forget("beta") == AT_ONCE + 1
    assert book(world).forget("beta") == 0

    assert book(world).waiting("beta") == Waiting(0)
    roster = Rosters(world.scripts).read(0)
    assert roster.names == {"acme"}
    assert roster.version != before
    assert acts.counted(world, "discarded") == AT_ONCE + 1


def test_a_name_is_known_if_any_living_worker_has_it(world: World) -> None:
    rosters = Rosters(world.scripts)
    for names in (["acme"], ["acme", "beta"]):
        Membership(world.redis, rosters, names).keep()
    asked = ["acme", "beta", "gamma"]

    both = [alive("acme"), alive("acme", "beta")]
    assert unknown(world.redis, both, asked) == ["gamma"]
    assert unknown(world.redis, both[:1], asked) == ["beta", "gamma"]
    assert unknown(world.redis, [alive()], asked, own=asked) == asked


def test_who_does_not_state_what_it_knows_may_know_what_the_settings_have(
    world: World,
) -> None:
    silent = replace(alive(), heartbeat=Heartbeat("older@h"))

    assert unknown(world.redis, [silent], ["acme", "beta"], own=["acme"]) == ["beta"]
    assert unknown(world.redis, [], ["acme", "beta"], own=["acme"]) == ["beta"]


def test_a_worker_whose_names_are_missing_for_a_moment_may_know_any(
    world: World,
) -> None:
    assert unknown(world.redis, [alive("acme")], ["beta"]) == []


def test_names_are_kept_while_they_are_refreshed(world: World) -> None:
    membership = Membership(world.redis, Rosters(world.scripts), ["acme"])
    key = keys.known_endpoints(digest(["acme"]))
    membership.keep()
    world.redis.pexpire(key, HOLDS_MS)

    membership.keep()
    assert world.redis.pttl(key) > HOLDS_MS
    world.redis.delete(key)
    membership.keep()
    assert world.redis.smembers(key) == {b"acme"}


@pytest.mark.parametrize("lost", ["flushall", "forget"])
def test_a_name_that_is_missing_in_the_roster_comes_back(
    world: World, lost: str
) -> None:
    rosters = Rosters(world.scripts)
    membership = Membership(world.redis, rosters, ["acme", "beta"])
    membership.keep()
    if lost == "flushall":
        for key in list(world.redis.scan_iter("{wb:*")):
            world.redis.delete(key)
    else:
        book(world).forget("beta")

    membership.keep()

    assert rosters.read(0).names == {"acme", "beta"}


def test_a_worker_without_endpoints_brings_none(world: World) -> None:
    Membership(world.redis, Rosters(world.scripts), []).keep()

    assert digest([]) == NONE
    assert list(world.redis.scan_iter("wb:known:*")) == []
