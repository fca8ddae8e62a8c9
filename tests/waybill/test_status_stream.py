"""`waybill status` about the events in the stream."""

from tests.ledger.clock import World
from tests.waybill.terminal import Terminal
from tests.waybill.test_status import HOUR_MS, now_ms


def test_an_event_that_nobody_has_read_for_an_hour_is_not_well(
    ledger: World, waybill: Terminal
) -> None:
    entry = f"{now_ms(ledger.redis) - HOUR_MS}-0"
    ledger.redis.xadd("orders:events", {"event": "x"}, id=entry)

    [reason] = waybill.json("status")["reasons"]

    assert reason.startswith("an event has waited in the stream for 1 h")


def test_an_event_that_was_read_and_not_admitted_for_an_hour_is_not_well(
    ledger: World, waybill: Terminal
) -> None:
    entry = f"{now_ms(ledger.redis) - HOUR_MS}-0"
    ledger.redis.xadd("orders:events", {"event": "x"}, id=entry)
    ledger.stream.read("somebody", 10, 1)

    seen = waybill.json("status")

    assert seen["stream"]["pending"] == 1
    assert len(seen["reasons"]) == 1


def test_what_was_dropped_from_the_stream_is_not_well_until_a_person_settles_it(
    ledger: World, waybill: Terminal
) -> None:
    for _ in range(50):
        ledger.stream.publish(b"{}")
    ledger.stream.account.look()
    ledger.redis.xtrim("orders:events", maxlen=5, approximate=False)
    ledger.stream.account.look()

    [reason] = waybill.json("status")["reasons"]
    assert reason.startswith("events were dropped from the stream")
    assert "admitted: 45 (noticed" in reason or "at least 45 (noticed" in reason
    [check] = [
        one for one in waybill.json("doctor", "--offline") if one["name"] == "stream"
    ]
    assert check["verdict"] == "wrong"
    assert "MAXLEN" in check["advice"]

    settled = waybill("doctor", "--accept-gap")

    assert settled.stdout == "lost events that are settled now: 45\n"
    assert waybill("status").exit_code == 0
    assert "45 lost so far" in waybill("status").stdout
    assert waybill.json("status")["stream"]["lost_accepted"] == 45
