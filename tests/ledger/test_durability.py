"""With WAYBILL_DURABILITY nothing begins, and no event counts, that replicas lack."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import cast

import pytest

from serializers.events import entry_fields
from tasks.ledger_values import Delivery, Refused, Settlement, WriteResult
from tasks.outcomes.outcome import Again
from tests.ledger import acts
from tests.ledger.clock import MANY, World, build, sources
from tests.ledger.places import broken, where
from tests.ledger.starts import starting
from tests.processes.failing_over import follow
from tests.processes.waiting import until
from tests.redis_servers import RedisServer, binaries, running
from tests.settings.environments import DECK, problems
from workers.dispatch.partition_gates import PartitionGates
from workers.dispatch.room import Room
from workers.dispatch.slots import Slots
from workers.ledger.begins import CLOSED, REST
from workers.ledger.reserves import Wish
from workers.ledger.scripts import Scripts
from workers.ledger.store import RedisLedger
from workers.ledger.stream.door import Door, Kept, Posted
from workers.ledger.stream.reader import Stream
from workers.ledger.stream.streams import Names, streams_of
from workers.redis.clients import ledger_client
from workers.redis.durability import Durability, UnconfirmedError, durability_of

#: Two replicas: one that is frozen is not awaited for long, and one that lives is,
#: however busy the machine.
BOTH, PATIENTLY = Durability(2, 200), Durability(2, 5000)


@dataclass(frozen=True, slots=True)
class Group:
    """A primary and its two replicas."""

    primary: RedisServer
    replicas: tuple[RedisServer, RedisServer]

    def freeze(self, world: World | None = None) -> None:
        """One of two: all of them have to confirm."""
        self._signal(signal.SIGSTOP)
        if world is not None:
            world.scripts._durability = BOTH

    def thaw(self, world: World | None = None) -> None:
        self._signal(signal.SIGCONT)
        if world is not None:
            world.scripts._durability = PATIENTLY

    def _signal(self, number: signal.Signals) -> None:
        process = self.replicas[1].process
        assert process is not None
        os.kill(process.pid, number)


@pytest.fixture(params=sorted(binaries()))
def group(request: pytest.FixtureRequest) -> Iterator[Group]:
    binary = binaries()[request.param]
    with ExitStack() as things:
        # Else a full copy waits five seconds for more replicas.
        at_once = "--repl-diskless-sync-delay", "0"
        one, two, three = (
            things.enter_context(running(binary, *at_once)) for _ in range(3)
        )
        follow(two, one)
        follow(three, one)
        with one.client() as client:
            until("both count", lambda: client.wait(2, 100) == 2)
        made = Group(one, (two, three))
        yield made
        made.thaw()


@pytest.fixture
def world(group: Group) -> Iterator[World]:
    """A ledger of which both replicas have to have what begins."""
    with group.primary.client() as client:
        made = build(client)
        made.scripts._durability = PATIENTLY
        yield made


def test_what_replicas_have_begins(world: World) -> None:
    hint = acts.admit(world, acts.link()).leased[0]

    (begun,) = acts.begin(world, hint)

    assert isinstance(begun, Delivery)
    assert acts.state(world, "delivery:L1") == "sending"


def test_what_a_replica_lacks_is_given_back_and_counts_no_attempt(
    world: World, group: Group
) -> None:
    hint = acts.admit(world, acts.link()).leased[0]
    timeline = acts.timeline(world)
    group.freeze(world)

    begun = acts.begin(world, hint)

    assert begun == [Refused(hint.claims[0])]
    assert acts.timeline(world) == timeline
    assert where(world.redis, "delivery:L1") == ["due"]
    assert acts.field(world, "delivery:L1", "tries") == "0"
    group.thaw(world)
    world.clock.advance(int(REST * 1000))
    again = acts.claim(world)
    assert acts.going(world, again) == ["delivery:L1"]
    assert acts.field(world, "delivery:L1", "tries") == "1"
    assert broken(world.redis) == []


def test_a_link_that_was_taken_is_still_known_as_taken_when_a_replica_lacks_a_start(
    world: World, group: Group
) -> None:
    """Else it would be sent to DECK again, in place of being looked for there."""
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    acts.settle(world, hint, Again(0.0, "not there", "read_back"))
    hint = acts.claim(world)
    group.freeze(world)

    assert acts.begin(world, hint, "second") == [Refused(hint.claims[0])]

    group.thaw(world)
    world.clock.advance(int(REST * 1000))
    (begun,) = acts.begin(world, acts.claim(world), "third")
    assert isinstance(begun, Delivery)
    assert (begun.attempts, begun.failed) == (2, "read_back")


def test_where_a_replica_lacks_a_start_nothing_begins_until_one_has_been_tried(
    world: World, group: Group
) -> None:
    apart = PartitionGates(world.scripts)
    room = Room(
        world.destinations, world.gates, lambda _: 1.0, Slots(MANY), apart=apart
    )
    wishes = [Wish(world.destinations["deck"], 0, 9, 9)]
    gated = replace(
        world,
        ledger=RedisLedger(
            world.redis,
            world.stream,
            world.destinations,
            room,
            world.retention,
            world.places,
            world.scripts,
        ),
    )
    hint = acts.admit(gated, acts.link("L1")).leased[0]
    group.freeze(world)
    acts.begin(gated, hint)

    written = acts.admit(gated, acts.link("L2"), number="SO-2")

    assert written.leased == ()
    assert world.gates.ask("deck", 9).calls == 9
    assert isinstance(PartitionGates(world.scripts).allowed(wishes)[0], float)
    group.thaw(world)
    world.clock.advance(int(CLOSED * 1000))
    other = PartitionGates(world.scripts)
    assert other.allowed(wishes) == [replace(wishes[0], most=1)]
    assert isinstance(PartitionGates(world.scripts).allowed(wishes)[0], float)
    other.confirmed(0)
    assert PartitionGates(world.scripts).allowed(wishes) == wishes


def test_a_watch_that_a_replica_lacks_is_given_back(world: World, group: Group) -> None:
    hint = acts.watch(world)
    group.freeze(world)

    assert acts.begin(world, hint) == [Refused(hint.claims[0])]

    assert where(world.redis, hint.claims[0].ref) == ["due"]


def test_what_begins_as_it_is_written_is_given_back_too(
    world: World, group: Group
) -> None:
    starts = starting(world)
    group.freeze(world)

    written = acts.admit(world, acts.link())

    assert written.verdict is WriteResult.ADMITTED
    assert written.leased == ()
    assert starts.kept == []
    assert where(world.redis, "delivery:L1") == ["due"]
    assert acts.field(world, "delivery:L1", "tries") == "0"


def test_the_next_delivery_begins_when_replicas_have_it(
    world: World, group: Group
) -> None:
    made = [acts.link(), acts.notification()]
    first, second = acts.admit(world, *made).leased
    run = "run"
    acts.begin(world, first, run)
    group.freeze(world)

    settled = Settlement(first.claims[0], acts.DONE, "http 200")
    following = replace(second, claims=second.claims)
    begun = world.ledger.settle_and_begin(first, settled, following.claims[0], run)

    assert begun == Refused(second.claims[0])
    assert acts.state(world, "delivery:N1") == "due"


def test_who_asks_again_of_a_frozen_replica_is_not_told_that_it_has_it(
    world: World, group: Group
) -> None:
    """The second call writes nothing, and WAIT looks at its own connection's writes."""
    hint = acts.admit(world, acts.link()).leased[0]
    group.freeze(world)
    begin = world.ledger._begins._begin(hint, hint.claims, "run")
    with group.primary.client() as another:
        other = Scripts(another, sources(), durability=BOTH)

        _, first = world.scripts.run_confirmed((begin,))
        _, second = other.run_confirmed((begin,))

    assert (first, second) == (False, False)


def test_an_event_is_in_doubt_until_the_replicas_have_it(group: Group) -> None:
    patient, hasty = (stream_of(group, one) for one in (PATIENTLY, BOTH))
    patient.publish(b"{}")
    group.freeze()

    with pytest.raises(UnconfirmedError, match="of 2 replicas"):
        hasty.publish(b"{}")

    group.thaw()
    patient.publish(b"{}")
    # It was in doubt, and not refused.
    assert patient.length() == 3


def stream_of(group: Group, durability: Durability) -> Stream:
    names = Names("orders:events", "waybill", durability=durability)
    made = streams_of(ledger_client(group.primary.url, 2), names)
    assert isinstance(made, Stream)
    return made


def test_what_is_posted_again_is_in_doubt_as_long_as_the_replicas_lack_it(
    group: Group,
) -> None:
    posted = Posted("digest", "2:a", entry_fields.of_event(b"{}"))

    def door(durability: Durability) -> Door:
        names = Names("orders:events", "waybill", durability=durability)
        client = ledger_client(group.primary.url, 2)
        return Door(client, names, life_ms=60_000, most=1000)

    group.freeze()
    for _ in range(2):
        with pytest.raises(UnconfirmedError):
            door(BOTH).add([posted])
    group.thaw()

    (kept,) = cast("tuple[Kept]", door(PATIENTLY).add([posted]))
    assert kept.again


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("none", Durability()),
        ("wait:1", Durability(1, 1000)),
        ("wait:12:250", Durability(12, 250)),
    ],
)
def test_the_setting_states_how_many_and_for_how_long(
    written: str, meant: Durability
) -> None:
    assert durability_of(written) == meant


@pytest.mark.parametrize(
    "written",
    ["", "wait", "wait:0", "wait:-1", "wait:1:", "wait:1:0", "wait:2:5001", "WAIT:1"],
)
def test_what_is_no_durability_is_refused_by_name(written: str) -> None:
    found = problems(DECK | {"WAYBILL_DURABILITY": written or "x"})

    assert [one.split()[0] for one in found] == ["WAYBILL_DURABILITY"]


def test_a_call_ends_within_its_lease_however_long_replicas_are_waited_for() -> None:
    own = {"WAYBILL_LEASE": "6", "WAYBILL_DEADLINE": "4"}

    found = problems(DECK | own | {"WAYBILL_DURABILITY": "wait:1:2500"})

    assert [one for one in found if "WAYBILL_DEADLINE must be at most 1.5" in one]
    assert problems(DECK | own) == ()
