"""Workers that know different endpoints, whatever happens in whatever order."""

import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from serializers.events.decode import OrderEvent
from tasks.ledger_values import Hint, Kind
from tasks.outcomes.errors import Unavailable
from tasks.planning.statuses import DEFAULT_STATUSES, is_stage
from tasks.receive import receive
from tasks.services import Services
from tests.defaults import endpoint_rule
from tests.tasks.fake_items import Item
from tests.tasks.fakes import ACME, BRAVO, RULES, World
from tests.tasks.samples import changed, event, publish, reported, work

#: Of what is never taken back; open states come and go.
RANKS = {r.line_status: r.rank for r in DEFAULT_STATUSES.values() if is_stage(r)}

#: What each of three workers knows: an older one, a newer one, and one that knows
#: another endpoint alone. What bravo wants differs from acme.
KNOWN = (("acme",), ("acme", "bravo"), ("bravo",))
WANTED = {"acme": frozenset[str](), "bravo": frozenset({"im::order_invoiced"})}

CODES = st.sampled_from(["SCH", "BOR", "SHI", "INV"])
NAMED = st.sampled_from([None, ("acme", "bravo"), ("bravo",)])
WORKERS = st.integers(0, 2)
MOST_STEPS = 14
STEP = st.one_of(
    st.tuples(st.just("event"), WORKERS, CODES, NAMED),
    st.tuples(st.just("westcon"), WORKERS, CODES, NAMED),
    st.tuples(st.just("work"), WORKERS, CODES, NAMED),
    st.tuples(st.just("joins"), WORKERS, CODES, NAMED),
    st.tuples(st.just("fault"), WORKERS, CODES, NAMED),
)
#: Acme refuses, and a day goes by in which nobody comes who knows it.
FAULTS = [("fault", 0, "SCH", None), ("westcon", 2, "SCH", None)] * 2


@dataclass(slots=True)
class Skewed:
    """Three workers on one ledger in memory, which knows who has ever started.

    Attributes:
        seen: the deliveries that were looked at.
    """

    world: World = field(default_factory=World)
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.world.ledger.room = False
        self.world.ledger.most = 99
        self.world.westcon.lines = {"600": (reported("SCH", order_number="600"),)}
        self.joins(0)

    def services(self, worker: int) -> Services:
        rules = {name: endpoint_rule(events=WANTED[name]) for name in KNOWN[worker]}
        # More attempts than a walk has faults: nothing is given up.
        policies = {
            name: replace(policy, pauses=(60.0,) * (MOST_STEPS + 1))
            for name, policy in self.world.services().policies.items()
        }
        return self.world.services(
            rules=replace(RULES, endpoints=rules), policies=policies
        )

    def joins(self, worker: int) -> None:
        self.world.ledger.join(*KNOWN[worker])

    def take_in(self, worker: int, *happened: OrderEvent) -> None:
        ids = publish(self.world, *happened)
        receive(ids, self.services(worker))
        self.check(worker)

    def check(self, worker: int) -> None:
        """What a worker has recorded is kept for all that were to be notified."""
        ledger = self.world.ledger
        made = {item.ref: item for item in ledger.deliveries()}
        new, self.seen = made.keys() - self.seen, set(made)
        places: defaultdict[str, set[str]] = defaultdict(set)
        for ref in new:
            event_id, _, name = ref.partition(":")[2].partition(".")
            places[event_id].add(name)
        named = ledger.order("SO-1").endpoints
        due = ledger.everyone.names.union(KNOWN[worker]) if named is None else named
        # Who knows an endpoint leaves out what it does not want.
        picky = {"bravo"} & set(KNOWN[worker])
        for notified_to in places.values():
            assert set(due) - picky <= notified_to <= set(due)

    def turn(self, worker: int) -> None:
        """One worker does what is due at the destinations that it knows."""
        names = ["westcon", *(f"ingram/{name}" for name in KNOWN[worker])]
        for name in names:
            claims = self.world.ledger.claim(Hint(name, 0, ()), 100)
            if claims:
                work(Hint(name, 0, claims), self.services(worker))
        self.check(worker)

    def rest(self) -> None:
        for _ in range(30):
            self.world.clock.pass_seconds(86_400)
            for worker in (1, 2, 0):
                self.turn(worker)


@example([("event", 0, "SHI", ("acme", "bravo")), *FAULTS, *FAULTS, *FAULTS])
@given(st.lists(STEP, max_size=MOST_STEPS))
def test_whatever_workers_know_every_endpoint_is_notified_each_change_once_and_forward(
    steps: list[tuple[str, int, str, tuple[str, ...] | None]],
) -> None:
    skewed = Skewed()
    world = skewed.world
    skewed.take_in(0, event("placed", 0, westcon_number="600"))
    for n, (what, worker, code, named) in enumerate(steps):
        match what:
            case "event":
                lines = changed(n, f"10:{code}", id=f"e-{n}", endpoints=named)
                skewed.take_in(worker, lines)
            case "westcon":
                world.westcon.lines = {"600": (reported(code, order_number="600"),)}
                world.clock.pass_seconds(86_400)
                skewed.turn(worker)
            case "joins":
                skewed.joins(worker)
            case "fault":
                world.ingram.errors = [Unavailable("down", code="connect")]
                skewed.turn(worker)
            case _:
                skewed.turn(worker)
    skewed.joins(1)
    ended = changed(99, "20:INV", id="last", endpoints=("acme", "bravo"))
    skewed.take_in(0, ended)
    skewed.rest()

    for destination in (ACME, BRAVO):
        items = world.items_at(destination)
        assert {item.state for item in items} <= {"done"}
        _once_and_forward(world, destination, items)
    # Both are named at the end, so that both were notified of the end.
    for name in ("acme", "bravo"):
        assert ("20", "IM::invoiced") in world.ingram.notified(name)


def _once_and_forward(world: World, destination: str, items: list[Item]) -> None:
    endpoint = destination.removeprefix("ingram/")
    sent = [one for one in world.ingram.received if one[0] == endpoint]
    ids = [event_id for _, event_id, *_ in sent]
    assert len(ids) == len(set(ids))
    # Each delivery was sent, but for what the endpoint wanted no part of.
    kept = {i.ref.removeprefix("delivery:").partition(".")[0] for i in items}
    assert set(ids) <= kept
    unsent = [i for i in items if i.ref.partition(":")[2].partition(".")[0] not in ids]
    assert all(item.kind is Kind.CHANGE for item in unsent)
    history: defaultdict[str, list[int]] = defaultdict(list)
    for number, status in world.ingram.notified(endpoint):
        history[number] += [RANKS[status]] if status in RANKS else []
    for ranks in history.values():
        assert all(before < after for before, after in pairwise(ranks))
    types = {
        each["eventType"]
        for _, _, body, _ in sent
        for each in json.loads(body)["resource"]
    }
    assert not WANTED[endpoint] or types <= WANTED[endpoint]
