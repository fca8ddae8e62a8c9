"""The ledger on a Redis Cluster: what is different there, and a walk over all of it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import redis

from serializers.audit.entry import decode
from serializers.drift.shape import Kind as DriftKind
from serializers.drift.shape import Shape
from serializers.events.entry_fields import FIRST_ENTRY, of_event
from tasks.concurrency import by_name
from tasks.ledger_values import WriteResult
from tasks.restore_detection import Finding, Kind
from tests.conftest import ClusterOf
from tests.ledger import acts
from tests.ledger.clock import HOLDING, KNOWN, build
from tests.ledger.moving_walk import MovingWalk
from tests.ledger.test_order_acts import JANE
from tests.ledger.test_streams import event, of_partition, posted
from tests.ledger.walk import Walk
from workers.ledger import keys
from workers.ledger.acts.gates import open_gate
from workers.ledger.audit.reader import AuditReader
from workers.ledger.audit.settings_book import KnownSettings, notice
from workers.ledger.drift.listing import DriftList
from workers.ledger.drift.notebook import Notebook
from workers.ledger.gates import Gates
from workers.ledger.identity.deployment import adopt, rename
from workers.ledger.layout.layout import unmoved
from workers.ledger.restore.findings import Restores
from workers.ledger.restore.marks import LedgerMarks
from workers.ledger.scripts import Scripts
from workers.ledger.stream.door import Conflict, Door
from workers.ledger.stream.reader import Stream
from workers.ledger.stream.streams import Names, Streams, publish, streams_of
from workers.redis.clients import ledger_client

PARTITIONS = 4
LONG = pytest.mark.long
SHAPE = Shape("westcon", "order status", DriftKind.FIELD, "in.added", "text")
NAMES = Names("orders:events", "waybill", PARTITIONS, is_apart=True)


@pytest.fixture(name="client")
def emptied(cluster: ClusterOf) -> Iterator[redis.Redis]:
    client = ledger_client(cluster().url, 10)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def streams(client: redis.Redis) -> Streams[Stream]:
    made = streams_of(client, NAMES)
    assert isinstance(made, Streams)
    made.make()
    return made


def test_all_streams_are_of_partitions(streams: Streams[Stream]) -> None:
    assert [one.partition for one in streams.every] == [0, 1, 2, 3]
    assert publish(streams, event(of_partition(3)), by_source=False).endswith(".3")


@pytest.mark.parametrize("alone", [True, False])
def test_an_event_in_another_partitions_stream_is_moved_to_its_own(
    streams: Streams[Stream], *, alone: bool
) -> None:
    body = event(of_partition(3))
    astray, right = streams.every[0], streams.every[3]
    entry = astray.publish(body)
    if alone:
        astray.read("one", 10, 1)
        found = streams.start([entry])
    else:
        came = None
        while came is None:
            came = astray.arrivals("one", 10, 1_000)
        found = dict(came.begun)

    assert found == {entry: None}
    assert (astray.pending_count(), right.length()) == (0, 1)
    (moved,) = right.read("one", 10, 1)
    fields = streams.start([moved])[moved]
    assert isinstance(fields, tuple)
    assert fields[:1] == of_event(body)
    # Both may have come in one millisecond, with one id.
    assert dict(fields)[FIRST_ENTRY] == entry.encode()


@pytest.mark.parametrize("known", [False, True])
def test_an_entry_whose_order_moves_once_it_is_started_is_settled_where_it_is(
    client: redis.Redis, *, known: bool
) -> None:
    world, number = build(client, partitions=PARTITIONS), of_partition(3)
    streams = streams_of(client, NAMES)
    assert isinstance(streams, Streams)
    streams.make()
    started = streams.every[1]
    entry = started.publish(event(number))
    started.read("one", 10, 1)
    one = replace(acts.admission(world, [acts.link()], number), entry=entry)
    if known:
        world.ledger.admit([replace(one, entry="1-0.3")])

    [written] = world.ledger.admit([one])

    wanted = WriteResult.DUPLICATE if known else WriteResult.ADMITTED
    assert written.verdict is wanted
    assert started.pending_count() == 0
    account = client.hgetall(keys.account(started.name, "waybill"))
    assert account[b"settled"] == b"1"


def test_what_has_no_order_stays_where_it_is(streams: Streams[Stream]) -> None:
    entry = streams.every[2].publish(b"no json")
    streams.every[2].read("one", 10, 1)

    assert streams.start([entry]) == {entry: of_event(b"no json")}


def test_of_a_posted_request_with_a_conflict_nothing_is_added(
    streams: Streams[Stream], client: redis.Redis
) -> None:
    door = Door(client, NAMES, life_ms=60_000, most=100)
    door.add([posted(2)])

    answer = door.add([posted(0), posted(2, "2:other"), posted(1)])

    assert answer == Conflict(1, "2:a")
    assert sum(one.length() for one in streams.every) == 1


def test_the_marks_name_the_node_that_has_them(
    client: redis.Redis, cluster: ClusterOf
) -> None:
    client.set(keys.EPOCH, 1)
    client.hset(keys.counts(keys.prefix(2)), "admitted", 7)

    marks = LedgerMarks(client, "me", "orders:events", PARTITIONS).look().marks

    with cluster().owner(keys.MARKS).client() as node:
        assert marks.run == node.info("server")["run_id"]
    assert (marks.admitted, marks.last_entry) == (7, "")


def test_a_restored_ledger_is_held_and_accepted_in_every_partition(
    client: redis.Redis,
) -> None:
    restores = Restores(client, PARTITIONS)
    held = [keys.held(keys.prefix(n)) for n in range(PARTITIONS)]
    restores.report(Finding(Kind.WENT_BACK, "went back", 1), "w", hold=True)
    assert restores.restored().held
    assert all(client.exists(key) for key in held)

    accepted = restores.accept()

    assert [one.kind for one in accepted.found] == ["went_back"]
    assert not restores.restored().held
    assert not any(client.exists(key) for key in held)
    assert restores.restored().found == ()
    assert client.hget(keys.MARKS, "accepted") is not None


def test_a_gate_that_a_person_opens_lets_one_call_go(client: redis.Redis) -> None:
    scripts = Scripts(client)
    gates = Gates(scripts, by_name(KNOWN))
    gates.close("westcon", 3600.0, "http_429")

    opened = [open_gate(scripts, "westcon", 2, JANE) for _ in range(2)]
    grants = [gates.ask("westcon", 5).calls for _ in range(2)]

    assert opened == ["opened", "trial"]
    assert grants == [1, 0]
    reader = AuditReader(client, 2)
    heads = {chain: reader.head(chain).n for chain in reader.chains()}
    assert heads == {0: 0, 1: 0, "wb:gate:westcon": 1}


def test_what_is_done_beside_the_partitions_has_its_entry(client: redis.Redis) -> None:
    scripts, listing, book = Scripts(client), DriftList(client), Notebook()
    adopt(client, "production")
    book.note(SHAPE, "westcon", lambda: "{}")
    listing.write(book)

    names = [rename(scripts, old, "live", JANE) for old in ("test", "production")]
    forgotten = [listing.forget(SHAPE, JANE) for _ in range(2)]

    assert names == ["production", "live"]
    assert forgotten == [True, False]
    reader = AuditReader(client)
    entries = {chain: list(reader.entries(chain)) for chain in reader.chains()}
    assert {
        chain: [decode(raw).stated("what") for raw in raws]
        for chain, raws in entries.items()
    } == {0: [], "wb:deployment": ["ledger.renamed"], "wb:drift": ["drift.forgotten"]}


def test_settings_that_differ_are_noticed(client: redis.Redis) -> None:
    scripts = Scripts(client)

    notice(scripts, KnownSettings(("acme",), {}), JANE)
    found = notice(scripts, KnownSettings(("beta",), {}), JANE)

    assert (found.added, found.removed) == (("beta",), ("acme",))
    assert AuditReader(client).head(0).n == 1


@pytest.mark.parametrize(
    ("seed", "steps"), [(0, 100), *(pytest.param(n, 400, marks=LONG) for n in (1, 2))]
)
def test_a_random_walk_comes_to_rest_on_a_cluster(
    client: redis.Redis, seed: int, steps: int
) -> None:
    walk = Walk(build(client, known=HOLDING), seed)

    walk.steps(steps)
    walk.heal()

    walk.actions.judge.rests(walk.world)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_a_walk_whose_orders_move_comes_to_rest_on_a_cluster(
    client: redis.Redis, seed: int
) -> None:
    world = build(client, partitions=4, known=HOLDING)
    world.places.layout = unmoved(1)
    walk = MovingWalk(world, seed)

    walk.steps(250)
    walk.heal()

    walk.actions.judge.rests(walk.world)
    assert walk.settled
