"""What the ERP hears of an event or a look."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.events.decode import digest
from serializers.events.entry_fields import Fields, of_event
from serializers.order_record import Order, Portion, Shipment, pack, unpack
from serializers.results.result import NewResult, ResultType
from tasks.planning.lines.answer import Question, Row
from tasks.planning.lines.snapshot import join
from tasks.planning.lines.transitions import Transition
from tasks.planning.notifications import notify
from tasks.planning.occurrences import news_of
from tasks.planning.results import of_change, refused, refused_about
from tasks.planning.results import of_event as results_of_event
from tasks.planning.rules import PlanRules
from tests.defaults import endpoint_rule, plan_rules
from tests.serializers.results.samples import complaints, event
from tests.tasks.fakes import RULES, START_MS
from tests.tasks.samples import NUMBER, changed, line, order, row

EVERY = replace(RULES, results=frozenset(ResultType))


def heard(before: Order | None, after: Order, rules: PlanRules = EVERY) -> list[Any]:
    """The data of what is heard, each held against the schema."""
    found = of_change(before, after, rules)
    for one in found:
        of = event(f"waybill.{one.type.value}", json.loads(one.data))
        assert complaints(of) == []
    return [json.loads(one.data) for one in found]


def id_of(before: Order | None, after: Order) -> str:
    (only,) = of_change(before, after, EVERY)
    return only.id


def test_a_line_that_has_changed_is_told_as_all_of_it_is_now() -> None:
    before = order(
        lines=(
            line("SCH"),
            line("SCH", "20"),
        )
    )
    box = Shipment("2026-02-03", "2", "UPS", "UPS", "LA", ("1Z1", "1Z2"), ("S-1",))
    moved = line(
        "BOR",
        quantity="3",
        ordered="5",
        reached=(Portion("SHI", "2"),),
        shipments=(box,),
        invoices=(Portion("INV-9", "2"),),
        changes=1,
    )

    assert heard(before, before._replace(lines=(moved, before.lines[1]))) == [
        {
            "order_number": "SO-1",
            **({"purchase_order": p} if (p := before.purchase_order) else {}),
            "lines": [
                {
                    "line_number": "10",
                    "westcon_order": NUMBER,
                    "stage": "SHI",
                    "ordered": "5",
                    "shipped": "2",
                    "backordered": "3",
                    "reached": [{"code": "SHI", "quantity": "2"}],
                    "now": [{"code": "BOR", "quantity": "3"}],
                    "shipments": [
                        {
                            "date": "2026-02-03",
                            "quantity": "2",
                            "carrier": "UPS",
                            "carrier_code": "UPS",
                            "warehouse": "LA",
                            "tracking_numbers": ["1Z1", "1Z2"],
                            "serial_numbers": ["S-1"],
                        }
                    ],
                    "invoices": [{"number": "INV-9", "quantity": "2"}],
                }
            ],
        }
    ]


def test_what_nobody_would_see_is_no_result() -> None:
    before = order(lines=(line("SCH"),))
    looked = before.lines[0]._replace(asked_ms=START_MS + 9, notified=True)

    assert heard(before, before._replace(lines=(looked,))) == []
    assert heard(None, order()) == []


def test_a_first_snapshot_that_nobody_is_notified_of_is_told_as_such() -> None:
    after = order(lines=(line("SCH"),))
    before = after._replace(lines=(), baseline=True)

    assert [one["baseline"] for one in heard(before, after)] == [True]


def test_the_same_change_has_the_same_id_and_another_one_another() -> None:
    """Also where a line comes back to what it was: then it has changed once more."""
    before, on_hold = (
        order(lines=(line("SCH"),)),
        order(lines=(line("HLD", changes=1),)),
    )
    again = order(lines=(line("SCH", changes=2),))

    assert id_of(before, on_hold) == id_of(order(lines=(line("BOR"),)), on_hold)
    assert id_of(None, before) != id_of(on_hold, again)
    assert id_of(None, before) != id_of(None, before._replace(incarnation=7))


BOXES = [(), (Shipment("2026-02-01", "", "UPS", "", "", ("1Z1",)),)]
# Few of each, so that what was is likely to be again.
FACTS = {
    "status": st.sampled_from(["SHI", "SHI", "INV", "SCH"]),
    "number": st.sampled_from(["10", "10", "20"]),
    "quantity": st.sampled_from(["1", "1", "2", ""]),
    "ship_date": st.sampled_from(["2026-02-01", "2026-02-02", ""]),
    "invoice": st.sampled_from(["", "", "9001"]),
    "part": st.sampled_from(["IM-1", "IM-1", "IM-2"]),
    "shipments": st.sampled_from([*BOXES[:1] * 3, *BOXES]),
}
ROWS = st.lists(st.builds(row, **FACTS), min_size=1, max_size=2)
ANSWERS = st.tuples(st.integers(0, 3), ROWS)
NOTIFIED = plan_rules(endpoints={"acme": endpoint_rule()})


def joined(
    before: Order, minute: int, rows: list[Row]
) -> tuple[Order, tuple[Transition, ...]]:
    question = Question(START_MS + minute * 60_000)
    lines, transitions = join(before.lines, rows, RULES.statuses, question)
    return before._replace(lines=lines), transitions


@given(st.lists(ANSWERS, min_size=4, max_size=30))
def test_each_change_has_an_id_of_its_own_and_the_same_when_it_is_made_again(
    answers: list[tuple[int, list[Row]]],
) -> None:
    """Whatever is corrected and corrected back, and in whichever order answers come."""
    held, told, notified = order(), list[str](), list[str]()
    for n, (late, rows) in enumerate(answers):
        minute = n - late
        after, transitions = joined(held, minute, rows)
        again, _ = joined(unpack(pack(held)), minute, rows)
        results = of_change(held, after, EVERY)

        assert of_change(held, again, EVERY) == results
        told += [one.id for one in results]
        news = news_of(transitions, NOTIFIED)
        notified += [one.id for one in notify(after, news, NOTIFIED)]
        held = after

    assert len(told) == len(set(told))
    assert len(notified) == len(set(notified))


def test_a_ship_date_that_is_corrected_back_is_told_and_notified_each_time() -> None:
    held, told, notified = order(), list[str](), list[str]()
    for minute, day in enumerate(("02-01", "02-02", "02-01", "02-02")):
        held, transitions = joined(held, minute, [row("SHI", ship_date=f"2026-{day}")])
        told += [one.id for one in of_change(order(), held, EVERY)]
        notified += [
            one.id for one in notify(held, news_of(transitions, NOTIFIED), NOTIFIED)
        ]

    assert (len(set(told)), len(set(notified))) == (4, 4)


def test_what_comes_late_again_after_it_was_taken_back_has_another_id() -> None:
    """Taken back along with what is ordered, it is no late fact: only its return is."""
    one, two = (row("SHI", quantity="1", ship_date=f"2026-02-0{n}") for n in (1, 2))
    boxed = two._replace(shipments=BOXES[1])
    both = [row("SHI", quantity="2", ship_date="2026-02-02")]
    held, notified = order(), list[str]()
    for minute, rows in enumerate(([one], [one, boxed], both, [one], [one, two], both)):
        held, transitions = joined(held, minute, list(rows))
        news = news_of(transitions, NOTIFIED)
        notified += [each.id for each in notify(held, news, NOTIFIED)]

    assert len(notified) == len(set(notified)) == 6


def test_parcels_that_are_added_to_a_shipment_are_counted_nowhere() -> None:
    """So the ids of what follows are the same, however parcels come in."""
    bare = joined(order(), 0, [row("SHI", ship_date="2026-02-01")])[0]
    box = Shipment("2026-02-01", "5", "UPS", tracking_numbers=("1Z1",))

    found = joined(
        bare, 1, [row("SHI", ship_date="2026-02-01", invoice="9001", shipments=(box,))]
    )[0]

    assert found.lines[0].shipments == (box,)
    assert found.lines[0].changes == bare.lines[0].changes


def test_what_a_correction_had_set_aside_is_told_again_only_once_it_has_changed() -> (
    None
):
    aside = order(aside=(line("SCH"),))
    back = aside._replace(aside=(), lines=aside.aside)

    assert heard(aside, back) == []
    assert len(heard(aside, back._replace(lines=(line("SHI"),)))) == 1


def test_half_a_surrogate_pair_is_told_as_its_escape() -> None:
    odd = order(lines=(line("SCH", vendor_part="A\ud800"),))

    (told,) = of_change(None, odd, EVERY)

    assert b"\\ud800" in told.data
    assert json.loads(told.data)["lines"][0]["part_number"] == "A\ud800"


@pytest.mark.parametrize("kind", [ResultType.ACCEPTED, ResultType.CHANGED])
def test_a_type_that_is_left_out_is_not_even_prepared(kind: ResultType) -> None:
    rules = replace(RULES, results=frozenset({kind}))
    after = order(lines=(line("SHI"),))

    found = results_of_event(changed(1, "10:SHI"), "1-0", None, after, rules)

    assert [one.type for one in found] == [kind]


def test_an_event_is_accepted_before_what_follows_from_it() -> None:
    happened, after = changed(1, "10:SHI"), order(lines=(line("SHI"),))

    found = results_of_event(happened, "5-0", None, after, EVERY)

    assert [one.type for one in found] == [ResultType.ACCEPTED, ResultType.CHANGED]
    data = json.dumps(
        {
            "id": happened.id,
            "source": "/erp",
            "event_type": "order.status_changed",
            "entry": "5-0",
        },
        separators=(",", ":"),
    )
    id_ = f"event:{digest('/erp', happened.id)}:accepted"
    accepted = NewResult(ResultType.ACCEPTED, id_, data.encode())
    assert found[0] == accepted


def of_refusal(fields: Fields | None, why: str, code: str) -> dict[str, Any]:
    told = json.loads(refused("event:5-0", "5-0", fields, why, code))
    assert complaints(event("waybill.event.refused", told)) == []
    found: dict[str, Any] = told
    return found


def test_a_refusal_names_the_event_and_every_field() -> None:
    body = b'{"id": "e-1", "source": "/erp", "data": {"order_number": " SO-1 "}}'
    why = "event: type: missing; data.lines[0].status: must be a text"

    told = of_refusal(of_event(body), why, "malformed")

    assert (told["id"], told["source"], told["entry"]) == ("e-1", "/erp", "5-0")
    assert told["problems"] == [
        {"field": "type", "reason": "missing"},
        {"field": "data.lines[0].status", "reason": "must be a text"},
    ]
    assert refused_about(of_event(body)) == ("SO-1", "")


@pytest.mark.parametrize(
    "fields",
    [
        None,
        (),
        of_event(b"{broken"),
        of_event(b"[]"),
        of_event(b'{"id": 3, "data": 4}'),
    ],
)
def test_what_cannot_be_read_is_refused_without_it(fields: Fields | None) -> None:
    told = of_refusal(fields, "not JSON", "malformed")

    assert told == {
        "entry": "5-0",
        "dead_letter": "event:5-0",
        "code": "malformed",
        "reason": "not JSON",
        "problems": [{"reason": "not JSON"}],
    }


def test_a_refusals_trace_is_the_events() -> None:
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    body = f'{{"traceparent": "{trace}", "data": {{}}}}'.encode()

    assert refused_about(of_event(body)) == ("", trace)
