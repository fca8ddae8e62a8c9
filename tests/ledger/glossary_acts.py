"""Actions beside the walk, so that every key and field of the ledger is written once.

Each act is a generator: between two steps of it somebody looks at what is in Redis.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from serializers.drift.shape import Kind as New
from serializers.drift.shape import Shape
from serializers.events.entry_fields import bare, of_event
from serializers.reconcile.finding import Act as Act_
from serializers.reconcile.finding import Kind as Found
from serializers.reconcile.finding import Repair
from tasks.ledger_values import Kind, NewDelivery, WatchChange, WatchMove
from tasks.restore_detection import Finding, Marks
from tasks.restore_detection import Kind as Restore
from tests.defaults import RESULTS, endpoint_states
from tests.ledger import acts
from tests.ledger.clock import World
from workers.ledger import keys
from workers.ledger.acts.gates import open_gate
from workers.ledger.acts.orders import OrderActs
from workers.ledger.acts.revisions import Revision, Revisions, correct
from workers.ledger.audit.actor import Actor, Deed, run_in_own_chain
from workers.ledger.audit.settings_book import KnownSettings, notice
from workers.ledger.console.sessions import Sessions
from workers.ledger.console.sign_ins import SignIns
from workers.ledger.drift.listing import DriftList
from workers.ledger.drift.notebook import Notebook
from workers.ledger.endpoints.known import Membership
from workers.ledger.endpoints.rosters import Rosters
from workers.ledger.identity import metadata
from workers.ledger.identity.heartbeats import Heartbeat, Heartbeats
from workers.ledger.layout import keys as layout_keys
from workers.ledger.layout.layout import decision, follow, unmoved
from workers.ledger.layout.parcels import Parcels
from workers.ledger.layout.stages import moving, widened
from workers.ledger.reconcile.last_run import note_run
from workers.ledger.reconcile.repairs import Repairs
from workers.ledger.reserves import Reserves, Wish
from workers.ledger.restore.findings import Restores
from workers.ledger.restore.kept_marks import InRedis, KeptMarks
from workers.ledger.restore.marks import LedgerMarks
from workers.ledger.results.trimming import ResultTrimming
from workers.ledger.scripts import Call
from workers.ledger.stream.door import Door, Posted
from workers.ledger.stream.repair import add_once
from workers.ledger.stream.streams import Names
from workers.partners.oauth.token_store import TokenStore
from workers.redis.durability import Durability

Act = Callable[[World], Iterator[None]]


def two_sources(world: World) -> Iterator[None]:
    """Two sources of one order, whose record is forgotten while a delivery waits."""
    for source in ("/erp/a", "/erp/b"):
        planned = acts.admission(world, (acts.notification(),))
        world.ledger.admit([replace(planned, source=source)])
        yield
    world.redis.delete(keys.record(keys.prefix(0), "SO-1"))
    event = replace(acts.admission(world, number="SO-1"), source="/erp/a")
    world.ledger.admit([event])
    yield


def confirmed(world: World) -> Iterator[None]:
    """Replicas are asked for what begins; there are none."""
    hint = acts.admit(world, acts.link("L1")).leased[0]
    world.scripts._durability = Durability(1, 1)
    acts.begin(world, hint)
    yield


def links(world: World) -> Iterator[None]:
    """A link under way is replaced by a newer one, which DECK takes."""
    first = acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    acts.admit(world, acts.link("L2"))
    yield
    acts.settle(world, first, acts.AGAIN)
    second = acts.sent(world, acts.claim(world))
    acts.settle(world, second, acts.DONE)
    yield


def odd_entries(world: World) -> Iterator[None]:
    """Entries that cannot be admitted; one has more than the event."""
    world.ledger.bury_event("1-0", ((b"event", b"{}"),), "why", "code")
    fields = ((b"event", b"{}"), (b"event", b"[]"))
    world.ledger.bury_event("2-0", fields, "why", "code")
    yield
    world.letters.discard("event:1-0")
    yield


def gates(world: World) -> Iterator[None]:
    """A breaker opens and is probed; another partner asks to wait, a third is paced."""
    for _ in range(world.destinations["deck"].breaker_failures):
        world.gates.failed("deck", "http_503")
    yield
    world.clock.advance(60_000)
    world.gates.ask("deck", 1)
    yield
    world.gates.close("westcon", 60.0, "http_429")
    yield
    paced = replace(world.destinations["ingram/acme"], calls_per_minute=60.0)
    again = type(world.gates)(world.scripts, {paced.name: paced})
    again.ask("ingram/acme", 1)
    yield


def reserved(world: World) -> Iterator[None]:
    """A worker gives of what the partitions do not have for their own."""
    wish = Wish(world.destinations["deck"], 0, most=1, cap=8, is_beyond=True)
    with Reserves(world.scripts, 4).lent([wish]):
        yield


def endpoints(world: World) -> Iterator[None]:
    """An endpoint fails for long and is disabled, a partner is paused."""
    states = endpoint_states(
        world.redis, world.scripts, disable_after=100.0, hold_after=99
    )
    for _ in range(9):
        states.failed("acme", "http_500", gave_up=True)
        world.clock.advance(10_000)
    yield
    states.disable("acme", "a person")
    states.pause("deck", "a person")
    yield
    states.resume("deck")
    for _ in range(2):
        states.gave_up("deck", "deck_2", 99)
    yield


def abandoned(world: World) -> Iterator[None]:
    """A person gives an order up."""
    acts.watch(world, "SO-GIVEN-UP")
    orders = OrderActs(world.scripts, world.retention, world.places)
    orders.abandon("SO-GIVEN-UP", [], Actor("jane", "sold elsewhere"))
    yield


def tokens(world: World) -> Iterator[None]:
    """A token is asked for in vain, then had, then refused twice."""
    store = TokenStore(world.redis, "westcon")
    store.take("one", 10.0)
    yield
    store.fail("one", 0.001, "http_500", "Westcon is down")
    yield
    for token in ("first", "second"):
        store.store("one", token, 3600.0, 3000.0)
        yield
        store.reject(token, 600.0, "http_401", "refused")
        yield


def workers(world: World) -> Iterator[None]:
    """A worker begins on the ledger, and reports that it lives and what it knows."""
    metadata.found(world.redis, 1, "production")
    Heartbeats(world.redis, world.scripts).beat("token", Heartbeat("celery@host"))
    rosters = Rosters(world.scripts)
    Membership(world.redis, rosters, ["acme"]).keep()
    notice(world.scripts, KnownSettings(("acme",), {}), Actor("worker one"))
    yield


def restores(world: World) -> Iterator[None]:
    """The ledger has gone back; a person accepts it."""
    LedgerMarks(world.redis, "one", world.stream.name, scripts=world.scripts).look()
    restores = Restores(world.redis, 1, world.scripts)
    finding = Finding(Restore.WENT_BACK, "it went back")
    restores.report(finding, "celery@host", hold=True)
    yield
    restores.accept()
    place = InRedis(world.redis, keys.kept_marks("production"))
    KeptMarks(place, "production").keep(Marks())
    yield


def lost_entries(world: World) -> Iterator[None]:
    """Entries are dropped unread and while pending, and a person settles it."""
    stream = world.stream
    stream.make()
    ids = [stream.publish(b"{}") for _ in range(4)]
    stream.account.look()
    yield
    stream.read("reader:one", 1, 1)
    stream.acknowledge(ids[:1])
    stream.read("reader:one", 1, 1)
    stream.forget(ids[1:2])
    yield
    world.redis.xdel(stream.name, bare(ids[2]))
    stream.account.look()
    yield
    world.redis.delete(stream.name)
    stream.make()
    stream.publish(b"{}")
    stream.account.look()
    yield
    stream.account.accept()
    yield


def decided(world: World) -> Iterator[None]:
    """A person replays and discards; an event comes twice."""
    acts.dead(world, acts.notification("N1"))
    yield
    world.letters.replay("delivery:N1")
    yield
    acts.dead(world, acts.notification("N2", "zeta"))
    world.letters.discard("delivery:N2")
    event = acts.admission(world, digest="same")
    world.ledger.admit([event])
    world.ledger.admit([event])
    yield


def dead_watch(world: World) -> Iterator[None]:
    """A watch is given up."""
    acts.settle(world, acts.sent(world, acts.watch(world)), acts.GIVE_UP)
    yield


def two_partners(world: World) -> Iterator[None]:
    """An order is watched at two partners; the second look fails, comes again, ends."""
    at_deck = WatchChange("deck", WatchMove.START, "deck")
    admission = acts.admission(world, watch=WatchMove.START)
    both = (*admission.watches, at_deck)
    hints = world.ledger.admit([replace(admission, watches=both)])[0].leased
    for hint in hints:
        acts.sent(world, hint)
        seen = replace(acts.seen(world, hint, next_look=0.0), seen=b"seen")
        world.ledger.advance(hint, "run", [seen])
    yield
    again = acts.sent(world, acts.claim(world, "deck"))
    look = replace(acts.admission(world), watches=(at_deck,))
    world.ledger.admit([look])
    yield
    acts.settle(world, again, acts.AGAIN)
    acts.settle(world, acts.sent(world, acts.claim(world, "deck")), acts.GIVE_UP)
    yield


def ambiguous(world: World) -> Iterator[None]:
    """Deliveries of which nobody knows whether they arrived."""
    for n, why in enumerate(("http_503", "no_answer")):
        new = NewDelivery(f"N{n}", "ingram/acme", Kind.NOTIFICATION, b"told")
        hint = acts.sent(world, acts.admit(world, new, number=f"SO-{n}").leased[0])
        acts.settle(world, hint, replace(acts.AGAIN, code=why, ambiguous=True))
        yield


def posted(world: World) -> Iterator[None]:
    """An event comes in by the door."""
    event = Posted("digest", "2:meaning", of_event(b"{}"))
    for partitions in (1, 2):
        names = Names(world.stream.name, "waybill", partitions)
        Door(world.redis, names, 60_000, 100).add([event])
    yield


def signed_in(world: World) -> Iterator[None]:
    """Somebody signs in to the console."""
    SignIns(world.redis).attempt("olga", "192.0.2.1")
    Sessions(world.redis, 60, 60).begin("olga", "password:digest")
    yield


def purchase_orders(world: World) -> Iterator[None]:
    """Several orders under one purchase order, more than a field of a bucket takes."""
    for n in range(9):
        before = world.ledger.uses("PO-7", f"SO-{n}")
        yield
        world.ledger.give("PO-7", before, before)
    yield


def reconciled(world: World) -> Iterator[None]:
    """A comparison has come to its end, and a watch that was lost looks again."""
    acts.admit(world, watch=WatchMove.START)
    order = world.ledger.orders(["SO-1"])[0].order
    assert order is not None
    repair = Repair(Act_.POLL, "SO-1")
    made = Repairs(world.scripts, world.retention, world.places, "plan")
    made.poll(repair, Found.NOT_WATCHED, order, 1, "westcon")
    mark = made.mark(Repair(Act_.PUBLISH, "SO-1"), Found.DIFFERS)
    add_once(world.scripts, world.stream.name, mark, of_event(b"{}"))
    told = acts.notification("N-again")
    hint = acts.admit(world, told).leased[0]
    acts.settle(world, acts.sent(world, hint), acts.DONE)
    held = world.ledger.orders(["SO-1"])[0]
    again = (Repair(Act_.NOTIFY, "SO-1"), Found.NOT_RECEIVED, order, held.version)
    made.deliver(*again, (told,))
    note_run(world.redis, 1_790_000_000_000, {})
    # As the release before counted repairs.
    world.redis.hset(keys.RECONCILED, "replaced:poll", 1)
    yield


def drift(world: World) -> Iterator[None]:
    """A partner sends something new, more than there is room for; it is forgotten."""
    notebook, listing = Notebook(), DriftList(world.redis, world.scripts)
    shapes = [Shape("deck", "link", New.FIELD, f"f{n}", "text") for n in range(41)]
    for shape in shapes:
        notebook.note(shape, "deck", lambda: "{}")
    listing.write(notebook)
    yield
    listing.forget(shapes[0])
    yield
    listing.forget_all()
    yield


def results(world: World) -> Iterator[None]:
    """An event with a trace; results that cannot be written, or are dropped unread."""
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    late = f"{world.clock.now_ms - 900}-0"
    event = replace(acts.admission(world, [acts.link()]), entry=late, trace=trace)
    world.ledger.admit([event])
    yield
    stream = keys.results(keys.prefix(0))
    world.redis.xgroup_create(stream, "gone", id="0")
    pipeline = world.redis.pipeline(transaction=False)
    for _ in range(250):
        pipeline.xadd(stream, {"event": "{}"})
    pipeline.execute()
    own = replace(RESULTS, most=1, most_unread=1)
    ResultTrimming(world.scripts, own).trim()
    yield
    world.redis.set(stream, "x")
    acts.admit(world)
    world.redis.delete(stream)
    yield


def audited(world: World) -> Iterator[None]:
    """Somebody discards a dead letter, and opens a gate."""
    acts.dead(world, acts.link("L8"), number="SO-8")
    jane = Actor("jane", "why", run="r1")
    revisions = Revisions(world.scripts, world.retention, world.places)
    revisions.revise("delivery:L8", "SO-8", "L9", b"{}", jane)
    world.ledger.bury_event("8-0", of_event(b"x"), "not JSON", "malformed")
    revision = Revision("event:8-0", "e-9", b"{}")
    correct(world.scripts, world.stream.name, keys.prefix(0), revision, jane)
    yield
    world.letters.discard("delivery:L8", jane)
    world.gates.close("deck", 60.0)
    open_gate(world.scripts, "deck", world.partitions, jane)
    # As on a Cluster.
    call = Call("gate_open_apart", keys.gate("deck"), (keys.gate("deck"),))
    run_in_own_chain(world.scripts, call, jane, Deed("gate.opened", "deck"))
    yield


def repartitioned(world: World) -> Iterator[None]:
    """A decision about the layout, which partitions follow; an order in a parcel."""
    wider = widened(unmoved(1), 8)
    assert world.scripts.run(decision(unmoved(1), wider))
    follow(world.scripts, wider)
    world.places.layout = wider
    acts.dead(world, acts.link("L1"), number="SO-10042")
    parcels = Parcels(world.scripts, ("deck",))
    assert parcels.pack(0, "SO-10042", wider) == "packed"
    world.redis.set(layout_keys.MOVER, "jane")
    yield
    assert parcels.finish("SO-10042", moving(wider, 0))
    yield


ALL: tuple[Act, ...] = (
    drift,
    audited,
    reconciled,
    results,
    posted,
    signed_in,
    purchase_orders,
    two_sources,
    confirmed,
    links,
    odd_entries,
    gates,
    reserved,
    abandoned,
    endpoints,
    tokens,
    workers,
    restores,
    lost_entries,
    decided,
    dead_watch,
    two_partners,
    ambiguous,
    repartitioned,
)
