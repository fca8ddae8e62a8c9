"""Two orders of the ERP under one purchase order, looked at by workers side by side."""

import json
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.events.event import EventLine
from serializers.timeline.codes import Code, note
from tasks.amendment import Amendment
from tasks.outcomes.errors import NotYet
from tasks.outcomes.outcome import GiveUp, Later
from tasks.polling.poll import poll
from tasks.polling.sharing import WHOSE, Assignment, assign
from tests.tasks.fake_ledger import FakeLedger
from tests.tasks.fakes import RULES, World
from tests.tasks.samples import event, leased, reported, take_in

STOCK = "STOCK"
DAY = 86_400


def place(world: World, name: str, *parts: tuple[str, str], **fields: str) -> None:
    lines = [
        EventLine(str(n), quantity=q, part_number=p) for n, (p, q) in enumerate(parts)
    ]
    names: dict[str, Any] = {
        "id": f"placed-{name}-{world.clock.ms}",
        "order_number": name,
        "deck_number": name,
        "purchase_order": STOCK,
        **fields,
    }
    placed = event("placed", 0, lines, **names)
    take_in(world, replace(placed, time_ms=world.clock.ms))
    world.hints.sent.clear()


def appears(
    world: World, number: str, *parts: tuple[str, str], status: str = "SCH"
) -> None:
    """Westcon has an order under the purchase order, as of today."""
    day = datetime.fromtimestamp(world.clock.ms / 1000, UTC).date().isoformat()
    rows = tuple(
        reported(
            status,
            str(n),
            order_number=number,
            customer_order_number=STOCK,
            product_number=part,
            quantity=quantity,
            status_date=day,
        )
        for n, (part, quantity) in enumerate(parts)
    )
    lines = world.westcon.lines
    others = (ln for ln in lines.get(STOCK, ()) if ln.order_number != number)
    lines[number], lines[STOCK] = rows, (*others, *rows)


def look(world: World, name: str) -> None:
    """A worker looks at an order, by purchase order, if it is watched."""
    if world.ledger.watch(name).state in {"dead", "ended", "sending"}:
        return
    world.ledger.watch(name).seen = b"9"
    poll(world.westcon, leased(world, name), world.services())


def own(world: World, name: str) -> list[str]:
    return sorted({line.sub_order for line in world.ledger.order(name).lines})


def reason(world: World, name: str) -> str:
    outcome = world.ledger.watch(name).outcomes[-1]
    assert isinstance(outcome, GiveUp)
    assert outcome.code == WHOSE
    return outcome.reason


A5, B5 = ("A", "5"), ("B", "5")


def test_an_order_at_another_account_shares_no_purchase_order() -> None:
    both = frozenset({"default", "dach"})
    world = World(rules=replace(RULES, accounts=both))
    place(world, "SO-1")
    place(world, "SO-2", westcon_account="dach")
    appears(world, "7001", A5)

    look(world, "SO-1")

    assert own(world, "SO-1") == ["7001"]
    assert assign(world.ledger, "SO-1", "7001") == Assignment("known")


def test_an_order_whose_purchase_order_was_corrected_shares_it_no_more() -> None:
    world = World()
    place(world, "SO-1")
    place(world, "SO-2")
    world.clock.pass_seconds(60)
    place(world, "SO-2", purchase_order="ANOTHER")
    appears(world, "7001", A5)

    look(world, "SO-1")

    assert own(world, "SO-1") == ["7001"]


@pytest.mark.parametrize("first", ["SO-1", "SO-2"])
@pytest.mark.parametrize(
    "elsewhere", [{"purchase_order": "ANOTHER"}, {"westcon_account": "dach"}]
)
def test_what_a_correction_took_from_an_order_is_no_more_its_own_when_it_comes_back(
    first: str, elsewhere: dict[str, str]
) -> None:
    """Whichever of the two stands first among those that have the purchase order."""
    rules = replace(RULES, accounts=frozenset({"default", "dach"}))
    world = World(rules=rules)
    for name in (first, "SO-2" if first == "SO-1" else "SO-1"):
        place(world, name, A5 if name == "SO-1" else B5)
    appears(world, "7001", A5)
    look(world, "SO-1")
    world.clock.pass_seconds(60)
    place(world, "SO-1", A5, **elsewhere)

    look(world, "SO-2")
    world.clock.pass_seconds(60)
    place(world, "SO-1", A5, westcon_account="default")
    look(world, "SO-1")
    look(world, "SO-2")

    assert (own(world, "SO-1"), own(world, "SO-2")) == ([], ["7001"])
    given = {use.order: use.numbers for use in world.ledger.uses(STOCK, "SO-2")}
    assert given == {"SO-1": (), "SO-2": ("7001",)}


def test_what_a_correction_took_from_an_order_can_be_assigned_to_another() -> None:
    world = World()
    place(world, "SO-1", A5)
    appears(world, "7001", A5)
    look(world, "SO-1")
    place(world, "SO-2", B5)
    world.clock.pass_seconds(60)
    place(world, "SO-1", A5, purchase_order="ANOTHER")

    assert assign(world.ledger, "SO-2", "7001") == Assignment("assigned")

    given = {use.order: use.numbers for use in world.ledger.uses(STOCK, "SO-2")}
    assert given == {"SO-1": (), "SO-2": ("7001",)}


def test_each_is_given_what_its_lines_fit_whoever_looks_first() -> None:
    world = World()
    place(world, "SO-1", A5)
    place(world, "SO-2", B5)
    appears(world, "7001", B5)
    appears(world, "7002", A5)

    look(world, "SO-1")
    assert own(world, "SO-1") == ["7002"]
    assert world.ledger.order("SO-2").assigned == ("7001",)
    look(world, "SO-2")

    assert own(world, "SO-2") == ["7001"]
    assert note(Code.OTHERS, "7001", "SO-2") in world.ledger.log["SO-1"][-1]
    assert world.ledger.log["SO-2"][1] == (note(Code.ASSIGNED, "7001", "lines"),)


def test_a_newer_order_is_given_what_appears_once_it_was_placed() -> None:
    world = World()
    place(world, "SO-1")
    appears(world, "7001", A5)
    look(world, "SO-1")
    world.clock.pass_seconds(9 * DAY)
    place(world, "SO-2")
    appears(world, "7002", A5)

    look(world, "SO-1")
    look(world, "SO-2")

    assert (own(world, "SO-1"), own(world, "SO-2")) == (["7001"], ["7002"])
    given_up = [one for one in world.ledger.items.values() if one.state == "dead"]
    assert given_up == []


def asked() -> World:
    world = World()
    place(world, "SO-1")
    place(world, "SO-2")
    appears(world, "7001", A5)
    look(world, "SO-2")
    return world


def test_what_nothing_tells_apart_is_a_persons_to_decide() -> None:
    world = asked()

    look(world, "SO-1")

    assert "waybill orders assign ORDER 7001" in reason(world, "SO-2")
    assert "SO-1 or SO-2" in reason(world, "SO-1")
    assert (own(world, "SO-1"), own(world, "SO-2")) == ([], [])


def test_what_a_person_has_decided_is_done_once_and_all_go_on() -> None:
    world = asked()
    look(world, "SO-1")

    first = assign(world.ledger, "SO-1", "0007001")
    again = assign(world.ledger, "SO-1", "7001")
    other = assign(world.ledger, "SO-2", "7001")
    for name in ("SO-1", "SO-2"):
        look(world, name)

    assert [one.result for one in (first, again)] == ["assigned", "known"]
    assert other == Assignment("taken", "SO-1")
    assert (own(world, "SO-1"), own(world, "SO-2")) == (["7001"], [])
    persons = (note(Code.ASSIGNED, "7001", "person"),)
    assert world.ledger.log["SO-1"].count(persons) == 1
    assert world.ledger.watch("SO-2").state == "due"


@pytest.mark.parametrize("amended", [0, 1])
def test_a_command_that_dies_on_its_way_is_given_again_and_does_the_rest(
    amended: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = asked()
    look(world, "SO-1")
    amend, still = FakeLedger.amend, iter([True] * amended)

    def dying(ledger: FakeLedger, amendment: Amendment) -> bool:
        if next(still, False):
            return amend(ledger, amendment)
        raise KeyboardInterrupt

    with monkeypatch.context() as dies:
        dies.setattr(FakeLedger, "amend", dying)
        with pytest.raises(KeyboardInterrupt):
            assign(world.ledger, "SO-1", "7001")
    assert assign(world.ledger, "SO-1", "7001").result in {"assigned", "known"}
    for name in ("SO-1", "SO-2"):
        look(world, name)

    assert (own(world, "SO-1"), own(world, "SO-2")) == (["7001"], [])
    persons = (note(Code.ASSIGNED, "7001", "person"),)
    assert world.ledger.log["SO-1"].count(persons) == 1
    assert world.ledger.watch("SO-2").state == "due"


def test_a_person_may_give_what_was_set_aside_as_too_old() -> None:
    world = World()
    appears(world, "7001", A5, status="INV")
    world.clock.pass_seconds(9 * DAY)
    place(world, "SO-1")
    look(world, "SO-1")
    assert world.ledger.order("SO-1").set_aside == ("7001",)

    assert assign(world.ledger, "SO-1", "7001") == Assignment("assigned")
    poll(world.westcon, leased(world, "SO-1"), world.services())

    order = world.ledger.order("SO-1")
    assert ([ln.key for ln in order.lines], order.set_aside) == (["7001/0"], ())


def test_what_cannot_be_given_is_answered_with_the_reason() -> None:
    world = asked()
    by_number = event("placed", id="w", order_number="SO-3", westcon_number="61")
    take_in(world, by_number)

    results = [assign(world.ledger, n, "7001").result for n in ("SO-3", "SO-9")]

    assert results == ["by_number", "unknown"]


def test_one_by_westcons_number_under_the_purchase_order_keeps_its_own() -> None:
    world = World()
    placed = event("placed", westcon_number="0007001", purchase_order=STOCK)
    take_in(world, placed)
    place(world, "SO-2")
    appears(world, "7001", A5)

    look(world, "SO-2")

    assert own(world, "SO-2") == []
    assert world.ledger.order("SO-2").set_aside == ("7001",)


def test_an_order_that_has_ended_is_given_what_is_its_own_and_looks_again() -> None:
    world = World()
    place(world, "SO-1", A5)
    appears(world, "7001", A5, status="INV")
    look(world, "SO-1")
    assert world.ledger.watch("SO-1").state == "ended"
    appears(world, "7002", ("B", "1"))
    world.clock.pass_seconds(5 * DAY)
    place(world, "SO-2")

    look(world, "SO-2")
    assert world.ledger.watch("SO-1").state == "due"
    poll(world.westcon, leased(world, "SO-1"), world.services())

    assert own(world, "SO-1") == ["7001", "7002"]


def test_a_decision_of_others_in_between_is_taken_over() -> None:
    world = World()
    place(world, "SO-1", A5)
    place(world, "SO-2", B5)
    appears(world, "7001", A5)

    world.ledger.meanwhile.append(lambda: look(world, "SO-2"))
    look(world, "SO-1")

    assert (own(world, "SO-1"), own(world, "SO-2")) == (["7001"], [])


def test_where_others_decide_all_the_time_the_look_comes_again() -> None:
    world = World()
    place(world, "SO-1")
    appears(world, "7001", A5)
    others = [lambda n=n: world.ledger.uses(STOCK, f"SO-9{n}") for n in range(20)]
    world.ledger.meanwhile += others

    look(world, "SO-1")

    (outcome,) = world.ledger.watch("SO-1").outcomes
    assert isinstance(outcome, Later)
    with pytest.raises(NotYet):
        assign(world.ledger, "SO-1", "7001")


PARTS = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from(["1", "2", "5"])), max_size=2
)
NAMES = st.sampled_from(["SO-1", "SO-2"])
WESTCONS = st.sampled_from(["7001", "7002", "7003"])
STATUSES = st.sampled_from(["SCH", "SHI", "INV"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("place"), NAMES, PARTS),
        st.tuples(st.just("appears"), WESTCONS, PARTS, STATUSES),
        st.tuples(st.just("look"), NAMES, st.booleans()),
        st.tuples(st.just("pass"), st.integers(0, 3)),
        st.tuples(st.just("assign"), NAMES, WESTCONS),
    ),
    max_size=14,
)


def take(
    world: World, step: tuple[object, ...], known: dict[str, list[tuple[str, str]]]
) -> None:
    match step:
        case ("place", str(name), list(parts)):
            if name not in world.ledger.records:
                place(world, name, *parts)
        case ("appears", str(number), list(parts), str(status)):
            known.setdefault(number, [*parts, ("A", "1")])
            appears(world, number, *known[number], status=status)
        case ("look", str(name), bool(aside)):
            other = "SO-2" if name == "SO-1" else "SO-1"
            if name in world.ledger.records and STOCK in world.westcon.lines:
                if aside and other in world.ledger.records:
                    world.ledger.meanwhile[:] = [lambda: look(world, other)]
                look(world, name)
                world.ledger.meanwhile.clear()
        case ("pass", int(days)):
            world.clock.pass_seconds(days * DAY + 1)
        case ("assign", str(name), str(number)):
            if name in world.ledger.records and number in known:
                assign(world.ledger, name, number)


def settle(world: World, known: dict[str, list[tuple[str, str]]]) -> None:
    """Look at all until nothing changes; a person decides what is asked."""
    names = [n for n in ("SO-1", "SO-2") if n in world.ledger.records]
    for _ in range(4 * len(known) + 4):
        for name in names:
            look(world, name)
        for name in names:
            if world.ledger.watch(name).state == "dead":
                words = reason(world, name).split()
                assign(world.ledger, name, words[words.index("order") + 1])


@given(STEPS)
def test_no_quantity_is_notified_twice_and_none_is_lost(
    steps: list[tuple[object, ...]],
) -> None:
    world, known = World(), dict[str, list[tuple[str, str]]]()
    place(world, "SO-1")
    for step in steps:
        take(world, step, known)
    if known:
        settle(world, known)

    orders = [world.ledger.order(name) for name in sorted(world.ledger.records)]
    owned = [(n, one.name) for one in orders for n in own(world, one.name)]
    told = defaultdict(set)
    for item in world.ledger.deliveries("ingram/acme"):
        body = json.loads(item.payload)
        for resource in body["resource"]:
            for row in resource["lines"]:
                told[row["subOrderNumber"]].add(resource["orderNumber"])
    assert {n: len(names) for n, names in told.items() if len(names) > 1} == {}
    assert len(dict(owned)) == len(owned)
    too_old = {n for one in orders for n in one.set_aside} - dict(owned).keys()
    assert dict(owned).keys() | too_old == known.keys()
    for number in too_old:
        assert all(one.status == "INV" for one in world.westcon.lines[number])
