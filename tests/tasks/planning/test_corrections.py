"""Corrected references: what was seen under the old one, and what is not said twice."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.order_record import Order, pack, unpack
from serializers.timeline.codes import Code, Note
from serializers.westcon.reply import StatusLine
from tasks.ledger_values import Hint
from tasks.polling.poll import poll
from tests.tasks.fakes import POLICY, RULES, World
from tests.tasks.samples import changed, event, reported, run_hints, take_in

TWO = replace(RULES, accounts=frozenset({"default", "dach"}))
A, B = "60000001", "60000002"


def of(number: str, status: str = "SHI", **fields: Any) -> StatusLine:
    """Line 10 of one of Westcon's orders."""
    fields = {"ship_date": "2026-03-01", **fields}
    return reported(status, order_number=number, **fields)


class Site:
    """One order of the ERP's, its watch, and what Westcon has."""

    def __init__(self) -> None:
        poll_rules = replace(TWO.poll, shipment_detail=False)
        self.world = World(rules=replace(TWO, poll=poll_rules))
        self.second = 0

    def placed(self, **fields: Any) -> None:
        """The ERP places the order, or corrects it."""
        self.second += 1
        self.world.clock.pass_seconds(60)
        one = event("placed", self.second, **fields)
        counts = take_in(self.world, replace(one, time_ms=self.world.clock.ms))
        assert counts == {"admitted": 1}
        # Its watch looks below, at the account that it is at.
        self.world.hints.sent = [
            h for h in self.world.hints.sent if not h.destination.startswith("westcon")
        ]
        run_hints(self.world)

    def changed(self, status: str) -> None:
        """The ERP reports line 10 in a status."""
        self.second += 1
        self.world.clock.pass_seconds(60)
        one = replace(changed(self.second, f"10:{status}"), time_ms=self.world.clock.ms)
        take_in(self.world, one)
        run_hints(self.world)

    def looks(self) -> None:
        """A worker looks at the order, wherever it is watched."""
        self.world.clock.pass_seconds(300)
        watch = self.world.ledger.watch("SO-1")
        hint = Hint(watch.destination, 0, (self.world.ledger._lease(watch),))
        services = self.world.services()
        everywhere = {**services.policies, watch.destination: POLICY}
        poll(self.world.westcon, hint, replace(services, policies=everywhere))
        run_hints(self.world)

    @property
    def order(self) -> Order:
        return self.world.ledger.order("SO-1")

    @property
    def told(self) -> list[tuple[str, str]]:
        """Westcon's order and line status, as the endpoint was notified of them."""
        return self.world.ingram.notified()

    @property
    def ids(self) -> list[str]:
        got = self.world.ingram.received
        return [id_ for name, id_, *_ in got if name == "acme"]

    def notes(self, code: Code) -> list[Note]:
        found = [n for notes in self.world.ledger.log["SO-1"] for n in notes]
        return [one for one in found if one.code is code]


@pytest.fixture
def site() -> Site:
    return Site()


def test_what_was_seen_under_a_wrong_number_is_set_aside(site: Site) -> None:
    site.world.westcon.lines = {A: (of(A),), B: (of(B, "SCH"),)}
    site.placed(westcon_number=A)
    site.looks()
    assert [line.sub_order for line in site.order.lines] == [A]

    site.placed(westcon_number=B)

    assert not site.order.lines
    assert [line.sub_order for line in site.order.aside] == [A]
    (corrected,) = site.notes(Code.CORRECTED)
    assert corrected.texts == ("order at Westcon", f"W {A}", f"W {B}")
    assert [one.texts for one in site.notes(Code.SEEN_ASIDE)] == [("1",)]
    site.looks()
    assert [line.sub_order for line in site.order.lines] == [B]
    assert [line.sub_order for line in site.order.aside] == [A]


def test_the_other_orders_shipment_is_notified_under_an_id_of_its_own(
    site: Site,
) -> None:
    site.world.westcon.lines = {A: (of(A),), B: (of(B),)}
    site.placed(westcon_number=A)
    site.looks()

    site.placed(westcon_number=B)
    site.looks()

    assert len(site.told) == 2
    assert len(set(site.ids)) == 2


def test_a_number_that_is_corrected_back_tells_nothing_again(site: Site) -> None:
    site.world.westcon.lines = {A: (of(A),), B: (of(B, "SCH"),)}
    for number in (A, B, A):
        site.placed(westcon_number=number)
        site.looks()

    assert len(site.told) == 1
    assert [line.sub_order for line in site.order.lines] == [A]
    assert [one.texts for one in site.notes(Code.SEEN_AGAIN)] == [("1",)]

    site.world.westcon.lines[A] = (of(A, "INV", invoice="I-1"),)
    site.looks()

    assert len(site.told) == 2
    assert len(set(site.ids)) == 2


def test_the_same_number_at_another_account_tells_nothing_again(site: Site) -> None:
    site.world.westcon.lines = {A: (of(A),)}
    site.placed(westcon_number=A)
    site.looks()

    site.placed(westcon_number=A, westcon_account="dach")

    assert site.world.ledger.watch("SO-1").destination == "westcon/dach"
    assert not site.order.lines
    assert site.notes(Code.CORRECTED)[0].texts == ("account", "default", "dach")
    site.looks()
    assert len(site.told) == 1
    assert [line.sub_order for line in site.order.lines] == [A]
    assert site.order.aside == ()


def test_a_purchase_order_whose_order_is_now_named_keeps_that_one(site: Site) -> None:
    lines = (of(A), of(B))
    site.world.westcon.lines = {"PO-7": lines, A: lines[:1], B: lines[1:]}
    site.placed(purchase_order="PO-7")
    site.looks()
    assert len(site.order.lines) == 2

    site.placed(westcon_number=B)

    # What is no more asked for could never end.
    assert [line.sub_order for line in site.order.lines] == [B]
    site.looks()
    assert len(site.told) == 2


def test_another_purchase_order_brings_its_own_lines(site: Site) -> None:
    site.world.westcon.lines = {
        "PO-7": (of(A),),
        "PO-8": (of(B, customer_order_number="PO-8"),),
        A: (of(A),),
        B: (of(B),),
    }
    site.placed(purchase_order="PO-7")
    site.looks()

    site.placed(purchase_order="PO-8")
    site.looks()

    assert [line.sub_order for line in site.order.lines] == [B]
    assert [one.texts[0] for one in site.notes(Code.CORRECTED)] == ["purchase order"]
    assert len(set(site.ids)) == 2


def test_what_comes_for_the_first_time_is_no_correction(site: Site) -> None:
    site.placed()
    site.placed(purchase_order="PO-7")
    site.placed(purchase_order="PO-7", endpoints=("acme",))

    assert site.notes(Code.CORRECTED) == []


def test_other_endpoints_are_notified_of_what_comes_then(site: Site) -> None:
    site.world.westcon.lines = {A: (of(A),)}
    site.placed(westcon_number=A, endpoints=("acme",))
    site.looks()

    site.placed(westcon_number=A, endpoints=("bravo",))
    site.world.westcon.lines[A] = (of(A, "INV", invoice="I-1"),)
    site.looks()

    assert site.notes(Code.CORRECTED)[0].texts == ("endpoints", "acme", "bravo")
    assert len(site.world.ingram.notified("acme")) == 1
    assert len(site.world.ingram.notified("bravo")) == 1


def test_a_look_at_the_old_account_that_is_under_way_records_nothing(
    site: Site,
) -> None:
    site.world.westcon.lines = {A: (of(A),)}
    site.placed(westcon_number=A)
    ledger = site.world.ledger
    watch = ledger.watch("SO-1")
    hint = Hint(watch.destination, 0, (ledger._lease(watch),))
    westcon = site.world.westcon
    before = westcon.order_status

    def meanwhile(kind: str, orders: tuple[str, ...]) -> tuple[StatusLine, ...]:
        site.placed(westcon_number=A, westcon_account="dach")
        return before(kind, orders)

    class Slow:
        order_status = staticmethod(meanwhile)
        shipment_detail = westcon.shipment_detail

    poll(Slow(), hint, site.world.services())

    assert not site.order.lines
    assert site.told == []
    assert ledger.watch("SO-1").destination == "westcon/dach"
    assert ledger.watch("SO-1").state in {"due", "leased"}


REFERENCES = st.sampled_from(
    [
        {"westcon_number": A},
        {"westcon_number": B},
        {"westcon_number": A, "westcon_account": "dach"},
        {"westcon_number": A, "westcon_account": "default"},
        {"westcon_number": "PO-7", "westcon_type": "C"},
        {"westcon_number": "PO-8", "westcon_type": "C"},
    ]
)


@given(
    steps=st.lists(st.tuples(REFERENCES, st.integers(0, 2)), min_size=1, max_size=12)
)
def test_however_it_is_corrected_nothing_is_notified_twice(
    steps: list[tuple[dict[str, Any], int]],
) -> None:
    site, stages = Site(), ("SCH", "SHI", "INV")
    reached = {A: 0, B: 0}
    for reference, progress in steps:
        site.placed(**reference)
        for number in (A, B):
            reached[number] = max(reached[number], progress)
        rows = {n: of(n, stages[at], invoice="I") for n, at in reached.items()}
        site.world.westcon.lines = {
            A: (rows[A],),
            B: (rows[B],),
            "PO-7": (replace(rows[A], customer_order_number="PO-7"),),
            "PO-8": (replace(rows[B], customer_order_number="PO-8"),),
        }
        site.looks()
        assert unpack(pack(site.order)) == site.order

    assert len(set(site.ids)) == len(site.ids)
    # Two lines, each shipped and invoiced at most once.
    assert all(site.told.count(one) <= 2 for one in site.told)


def test_what_the_erp_reports_of_a_line_set_aside_is_of_that_line_again(
    site: Site,
) -> None:
    site.world.westcon.lines = {
        "PO-7": (of(A),),
        A: (of(A),),
        "PO-8": (of(B, customer_order_number="PO-8"),),
    }
    site.placed(westcon_number="PO-7", westcon_type="C")
    site.looks()
    site.placed(westcon_number="PO-8", westcon_type="C")
    site.changed("SHI")
    assert [line.key for line in site.order.lines] == ["/10"]

    site.placed(westcon_number="PO-7", westcon_type="C")
    site.looks()

    assert [line.key for line in site.order.lines] == [f"{A}/10"]


STEPS = st.one_of(
    REFERENCES.map(lambda reference: ("placed", reference)),
    st.sampled_from(["SCH", "SHI", "INV"]).map(lambda status: ("changed", status)),
    st.just(("looks", "")),
)


@given(steps=st.lists(STEPS, max_size=12), last=REFERENCES)
def test_an_order_is_final_once_all_that_was_told_of_it_is(
    steps: list[tuple[str, Any]], last: dict[str, Any]
) -> None:
    """Whatever was corrected and reported in between, in whichever order."""
    site = Site()
    site.world.westcon.lines = {
        A: (of(A, "SCH"),),
        B: (of(B, "SCH"),),
        "PO-7": (of(A, "SCH", customer_order_number="PO-7"),),
        "PO-8": (of(B, "SCH", customer_order_number="PO-8"),),
    }
    site.placed(westcon_number=A)
    for what, value in steps:
        match what:
            case "placed":
                site.placed(**value)
            case "changed":
                site.changed(value)
            case _:
                site.looks()

    site.placed(**last)
    site.world.westcon.lines = {
        asked: tuple(replace(one, status="INV", invoice="I") for one in lines)
        for asked, lines in site.world.westcon.lines.items()
    }
    site.looks()

    statuses = {line.key: line.status for line in site.order.lines}
    assert set(statuses.values()) == {"INV"}
    assert len(statuses) == 1
    assert len(set(site.ids)) == len(site.ids)
