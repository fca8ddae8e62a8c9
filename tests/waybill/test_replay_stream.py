"""`waybill replay-stream`: what the ledger does not know is added again, once."""

from dataclasses import replace
from typing import Any

import pytest

from serializers.events import decode
from serializers.events.entry_fields import of_event
from tests.ledger import acts
from tests.ledger.clock import World
from tests.processes import feed
from tests.waybill.terminal import Terminal


def entries(world: World) -> list[tuple[bytes, dict[bytes, bytes]]]:
    found: Any = world.redis.xrange(world.stream.name)
    return list(found)


@pytest.fixture
def passed_over(ledger: World) -> World:
    """One is admitted, one refused, one no event, two passed over; one waits."""
    ledger.stream.make()
    ids = [ledger.stream.publish(feed.placed(f"7000000{n}")) for n in range(5)]
    ids.append(ledger.stream.publish(b"no event"))
    digest = decode.digest(feed.SOURCE, "70000000:order.placed")
    admission = acts.admission(ledger, number="70000000", digest=digest)
    ledger.ledger.admit([replace(admission, entry=ids[0])])
    body = of_event(feed.placed("70000001"))
    ledger.ledger.bury_event(ids[1], body, "data: no", "malformed")
    ledger.redis.xgroup_setid("orders:events", "waybill", ids[3])
    return ledger


def test_what_would_be_added_again_is_shown_and_nothing_is_done(
    passed_over: World, waybill: Terminal
) -> None:
    ids = [id_.decode() for id_, _ in entries(passed_over)]
    before = acts.everything(passed_over)

    found = waybill.json("replay-stream", "--since", "1h", "--dry-run")
    shown = waybill("replay-stream", "--since", "1h", "--dry-run").stdout

    assert found == {
        "entries": 6,
        "waiting": 2,
        "known": 2,
        "unreadable": 0,
        "lost": ids[2:4],
        "replayed": 0,
    }
    assert shown.endswith("Nothing was done.\n")
    assert acts.everything(passed_over) == before


def test_each_is_added_once_dated_by_its_first_entry_and_has_its_act(
    passed_over: World, waybill: Terminal
) -> None:
    ids = [id_.decode() for id_, _ in entries(passed_over)]

    first = waybill.json("replay-stream", "--since", "1h", "--as=jane")
    again = waybill.json("replay-stream", "--since", "1h", "--as=jane")

    assert (first["replayed"], again["replayed"]) == (2, 0)
    added = entries(passed_over)[6:]
    assert [fields[b"waybill-first-entry"].decode() for _, fields in added] == ids[2:4]
    assert [fields[b"event"] for _, fields in added] == [
        feed.placed("70000002"),
        feed.placed("70000003"),
    ]
    found = waybill.json("audit", "list")
    assert [(one["what"], one["target"], one["who"]) for one in found] == [
        ("event.replayed", ids[2], "jane"),
        ("event.replayed", ids[3], "jane"),
    ]


def test_what_is_no_event_is_counted_and_left(ledger: World, waybill: Terminal) -> None:
    ledger.stream.make()
    id_ = ledger.stream.publish(b"no event")
    ledger.redis.xgroup_setid("orders:events", "waybill", id_)

    found = waybill.json("replay-stream", "--since", "1h")

    assert (found["unreadable"], found["lost"], found["replayed"]) == (1, [], 0)


@pytest.mark.usefixtures("ledger")
def test_a_moment_of_which_nothing_is_remembered_is_refused(waybill: Terminal) -> None:
    result = waybill("replay-stream", "--since", "30d", "--dry-run")

    assert result.exit_code == 2
    assert "WAYBILL_DEDUP_WINDOW" in result.stderr
