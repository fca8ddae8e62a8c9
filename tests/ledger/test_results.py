"""What scripts tell of a change, in the same step in which they make it."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from serializers.events.entry_fields import of_event
from serializers.order_record import Order
from serializers.results.result import NewResult, ResultType
from tasks.ledger_values import WatchMove
from tests.defaults import RESULTS
from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.results_book import Told, contradictions, told
from tests.serializers.results.samples import complaints
from workers.ledger import keys
from workers.ledger.endpoints.unknown import UnknownEndpoints

LINK = b'["SO-1", "C-9"]'


def types(world: World) -> list[str]:
    return [one.type for one in told(world)]


def last(world: World) -> Told:
    """The newest result, which the schema takes."""
    found = told(world)[-1]
    if found.data:
        assert complaints(found.event) == []
    return found


def changed(id_: str = "changed-1") -> NewResult:
    data = b'{"order_number":"SO-1","lines":[{"line_number":"10"}]}'
    return NewResult(ResultType.CHANGED, id_, data)


def test_an_admitted_event_is_told_with_what_it_changes_in_one_step(
    world: World,
) -> None:
    planned = acts.admission(world)
    trace = f"00-{'a' * 32}-{'b' * 16}-01"

    world.ledger.admit(
        [replace(planned, results=(*planned.results, changed()), trace=trace)]
    )

    assert types(world) == ["event.accepted", "order.changed"]
    event = last(world).event
    now = datetime.fromtimestamp(world.clock.now_ms / 1000, UTC)
    assert datetime.fromisoformat(str(event.pop("time"))) == now
    assert event == {
        "specversion": "1.0",
        "id": "changed-1",
        "source": "waybill",
        "type": "waybill.order.changed",
        "subject": "SO-1",
        "sequence": "0000000002",
        "traceparent": trace,
        "data": {"order_number": "SO-1", "lines": [{"line_number": "10"}]},
    }


def test_what_is_not_admitted_is_not_told(world: World) -> None:
    planned = acts.admission(world)
    world.ledger.admit([planned])

    world.ledger.admit([planned])
    world.ledger.admit([replace(planned, mark="2:other")])
    world.ledger.admit([replace(acts.admission(world), version=7)])

    assert types(world) == ["event.accepted"]


def test_a_look_tells_only_what_it_writes(world: World) -> None:
    hint = acts.sent(world, acts.watch(world))
    stale = replace(acts.seen(world, hint, order=Order("SO-1")), version=9)
    unchanged = acts.seen(world, hint)
    seen = acts.seen(world, hint, order=Order("SO-1"))

    for one in (stale, unchanged, seen):
        world.ledger.advance(hint, "run", [replace(one, results=(changed(),))])

    assert types(world) == ["event.accepted", "order.changed"]


@pytest.mark.parametrize("times", [1, 2])
def test_a_link_is_told_once_with_its_customer(world: World, times: int) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link(payload=LINK)).leased[0])

    for _ in range(times):
        acts.settle(world, hint, acts.DONE)

    assert types(world) == ["event.accepted", "order.linked"]
    found = last(world)
    assert found.data == {"customer_id": "C-9"}
    assert found.event["id"] == "delivery:L1:arrived"


def test_a_notification_is_told_with_its_endpoint_and_number(world: World) -> None:
    new = acts.notification("N1.acme")
    acts.settle(world, acts.sent(world, acts.admit(world, new).leased[0]), acts.DONE)

    assert types(world)[-1] == "notification.delivered"
    assert last(world).data == {"endpoint": "acme", "event_id": "N1", "number": 1}


def test_a_change_that_its_endpoint_wants_nothing_of_is_not_told(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.change()).leased[0])

    acts.settle(world, hint, acts.DONE)

    assert types(world) == ["event.accepted"]


def test_what_is_tried_again_or_held_by_another_run_is_not_told(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])

    acts.settle(world, hint, acts.GIVE_UP, run="other")
    acts.settle(world, hint, acts.AGAIN)

    assert types(world) == ["event.accepted"]


def test_every_kind_of_dead_letter_is_told_with_its_reason(world: World) -> None:
    acts.dead(world, acts.link(payload=LINK))
    failed = {"code": "http_400", "reason": "refused"}
    assert types(world)[-1] == "order.link_failed"
    assert last(world).data == {
        "dead_letter": "delivery:L1",
        "customer_id": "C-9",
        **failed,
    }

    acts.dead(world, acts.notification("N1.acme"))
    assert types(world)[-1] == "notification.failed"
    assert last(world).data == {
        "dead_letter": "delivery:N1.acme",
        "endpoint": "acme",
        "event_id": "N1",
        "number": 1,
        **failed,
    }

    acts.settle(world, acts.sent(world, acts.watch(world)), acts.GIVE_UP)
    assert types(world)[-1] == "order.set_aside"
    watch = "watch:westcon:SO-1"
    assert last(world).data == {"dead_letter": watch, "partner": "westcon", **failed}


def test_what_workers_have_died_of_is_told(world: World) -> None:
    acts.admit(world, acts.link())
    for _ in range(4):
        acts.begin(world, acts.claim_back(world))

    assert types(world)[-1] == "order.link_failed"
    assert last(world).data["code"] == "worker_lost"


def test_a_refused_event_is_told_with_its_dead_letter(world: World) -> None:
    body = b'{"id": "e-1", "source": "/erp", "data": {"order_number": "SO-1"}}'

    for _ in range(2):
        world.ledger.bury_event("1-0", of_event(body), "event: type: missing", "x")

    found = last(world)
    assert types(world) == ["event.refused"]
    assert (found.event["id"], found.event["subject"]) == ("event:1-0:refused", "SO-1")
    assert (found.data["id"], found.data["dead_letter"]) == ("e-1", "event:1-0")


def test_an_entry_that_was_never_read_is_told_as_refused(world: World) -> None:
    world.stream.make()
    entry = world.stream.publish(b"x" * 100)

    world.ledger.bury_entry(entry, "too large", "malformed")

    assert types(world) == ["event.refused"]
    assert last(world).data["entry"] == entry


def test_what_a_person_decides_is_told(world: World) -> None:
    world.stream.make()
    acts.dead(world, acts.link())
    world.ledger.bury_event("1-0", of_event(b"{"), "why", "x")
    world.ledger.bury_event("2-0", of_event(b"{"), "why", "x")
    world.letters.replay("delivery:L1")
    world.letters.replay("event:1-0")
    world.letters.discard("event:2-0")
    acts.settle(world, acts.sent(world, acts.watch(world)), acts.GIVE_UP)
    before = len(told(world))
    world.letters.discard("watch:westcon:SO-1")

    decided = [one for one in told(world) if one.type.startswith("dead_letter")]
    assert [(one.type, one.data["kind"]) for one in decided] == [
        ("dead_letter.replayed", "link"),
        ("dead_letter.replayed", "event"),
        ("dead_letter.discarded", "event"),
        ("dead_letter.discarded", "watch"),
    ]
    assert [complaints(one.event) for one in decided] == [[]] * 4
    assert len(told(world)) == before + 1


def test_what_dies_again_after_a_replay_has_another_id(world: World) -> None:
    """Also where nobody has claimed it in between."""
    acts.disable(world, "ingram/acme")
    acts.admit(world, acts.notification("N1.acme"))
    unknown = UnknownEndpoints(world.scripts, world.retention)
    for _ in range(2):
        world.clock.advance(10)
        assert unknown.give_up("acme", 0, 5) == 1
        world.letters.replay("delivery:N1.acme")

    assert types(world).count("notification.failed") == 2
    assert list(contradictions(world)) == []


def test_an_endpoint_that_is_taken_out_fails_what_waits_for_it(world: World) -> None:
    acts.fill(world, "ingram/acme")
    acts.admit(world, acts.notification("N1.acme"))
    world.redis.delete("{wb:0}:leased:ingram/acme")

    UnknownEndpoints(world.scripts, world.retention).forget("acme")

    assert last(world).data["code"] == "endpoint_forgotten"
    assert list(contradictions(world)) == []


def test_the_end_of_the_last_watch_is_told_with_its_reason(world: World) -> None:
    hint = acts.sent(world, acts.watch(world))
    world.ledger.advance(hint, "run", [acts.seen(world, hint, next_look=None)])
    assert last(world).data == {"reason": "complete"}

    acts.watch(world)
    acts.admit(world, watch=WatchMove.END)
    acts.admit(world, watch=WatchMove.END)

    ends = [one for one in told(world) if one.type == "order.finished"]
    assert [one.data["reason"] for one in ends] == ["complete", "cancelled"]
    assert ends[0].event["id"] != ends[1].event["id"]


def test_a_look_that_is_to_be_repeated_ends_nothing(world: World) -> None:
    hint = acts.sent(world, acts.watch(world))
    acts.admit(world, watch=WatchMove.LOOK)

    world.ledger.advance(hint, "run", [acts.seen(world, hint, next_look=None)])

    assert "order.finished" not in types(world)


def test_an_order_that_has_its_number_again_is_counted_anew(world: World) -> None:
    """And what becomes of its watch has other ids than what became of the first's."""
    for n in range(2):
        event = acts.admission(world, watch=WatchMove.START, digest=f"{n}1234567")
        (admitted,) = world.ledger.admit([event])
        acts.settle(world, acts.sent(world, admitted.leased[0]), acts.GIVE_UP)
        for key in ("order:SO-1", "record:SO-1"):
            world.redis.delete("{wb:0}:" + key)

    aside = [one for one in told(world) if one.type == "order.set_aside"]
    assert [one.event["sequence"] for one in aside] == ["0000000002"] * 2
    assert aside[0].event["id"] != aside[1].event["id"]


def test_what_the_settings_leave_out_is_not_written(world: World) -> None:
    own = replace(RESULTS, types=[ResultType.LINK_FAILED], deployment="north")
    world.scripts._results = own.lua()
    world.scripts._digests.clear()

    acts.dead(world, acts.link())
    acts.dead(world, acts.notification())

    assert types(world) == ["order.link_failed"]
    assert last(world).event["source"] == "waybill:north"
    assert last(world).event["sequence"] == "0000000001"


def test_without_results_nothing_is_written(world: World) -> None:
    world.scripts._results = ""
    world.scripts._digests.clear()

    acts.dead(world, acts.link())

    assert types(world) == []


def test_a_key_of_another_kind_costs_the_result_and_not_the_change(
    world: World,
) -> None:
    world.redis.set(keys.results(keys.prefix(0)), "x")

    acts.dead(world, acts.link())

    assert [one.id for one in world.letters.all()] == ["delivery:L1"]
    assert acts.counted(world, "results_unwritten") == 2


MOMENTS = (
    datetime(2026, 2, 28, 23, 59, 59, 999_000, UTC),
    datetime(2026, 3, 1, tzinfo=UTC),
    datetime(2028, 2, 29, 12, 30, 1, tzinfo=UTC),
    datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2100, 2, 28, 1, 2, 3, tzinfo=UTC),
    datetime(2100, 3, 1, 1, 2, 3, tzinfo=UTC),
    datetime(2000, 2, 29, tzinfo=UTC),
)


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_moment_is_written_as_the_calendar_has_it(
    world: World, moment: datetime
) -> None:
    now_ms = int(moment.timestamp() * 1000)
    world.clock.advance(now_ms - world.clock.now_ms)

    acts.admit(world)

    written = str(last(world).event["time"])
    assert datetime.fromisoformat(written) == moment


def test_a_long_reason_is_cut_between_two_characters(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    why = "x" * 999 + "ü" + "y"

    acts.settle(world, hint, replace(acts.GIVE_UP, reason=why))

    assert last(world).data["reason"] == "x" * 999


def test_a_number_of_any_letters_is_told_as_it_is(world: World) -> None:
    number = 'S"O\\-\t1\x01é/€'

    acts.dead(world, acts.link("L2"), number=number)

    assert {one.event["subject"] for one in told(world)} == {number}


@pytest.mark.parametrize(
    "name", ["admit", "advance", "begin", "settle", "replay", "discard", "bury_event"]
)
def test_the_settings_stand_in_a_script_once(world: World, name: str) -> None:
    text = world.scripts._text(name)

    assert text.count(f"local RESULTS = {RESULTS.lua()}") == 1


def test_results_of_each_partition_stand_by_themselves(cut_world: World) -> None:
    numbers = [f"SO-{n}" for n in range(8)]

    for number in numbers:
        acts.dead(cut_world, acts.link(f"L-{number}"), number=number)

    found = {one.event["subject"]: one.partition for one in told(cut_world)}
    partitions = cut_world.partitions
    assert found == {one: keys.partition_of(one, partitions) for one in numbers}
    assert list(contradictions(cut_world)) == []


def test_the_book_notices_what_is_missing(world: World) -> None:
    """The walks judge by it."""
    acts.dead(world, acts.link())
    stream = keys.results(keys.prefix(0))
    entry = told(world)[-1].entry

    world.redis.xdel(stream, entry)
    assert len(list(contradictions(world))) == 1

    twice = json.dumps(told(world)[0].event)
    world.redis.xadd(stream, {"event": twice})
    assert len(list(contradictions(world))) == 3
