"""Walks of the runbook where something was given up, refused, or is shut."""

import json
import re
import signal
from pathlib import Path

import pytest

from sandbox.http.fault import Fault
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.environ import RECEIVER
from tests.processes.site import running_site
from tests.processes.two_endpoints import OTHER, with_two
from tests.processes.waiting import until
from tests.runbook.walk import Reader

pytestmark = [pytest.mark.processes, pytest.mark.long, pytest.mark.timeout(240)]

ORDERS = feed.numbers(0, 3)
PLACE = f"ingram/{RECEIVER}"
BAD = feed.event("order.placed", "1", {"purchase_order": "PO-1"})


def test_dead_letters_of_several_causes_are_repaired_one_by_one(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillDeadLetters")
        site.worker("only").started()
        route = f"receiver.{RECEIVER}"
        site.partners.faults.order(route, Fault.status(400, "no such SKU"), None)
        feed.stream_at(site.redis.url).publish(BAD)
        feed.publish(site.redis.url, ORDERS)
        until("all are given up", lambda: len(site.ledger.letters()) == len(ORDERS) + 1)

        assert "`waybill dead-letters list`" in reader.sees("dead letters that wait")
        groups = reader.types("waybill dead-letters list").output
        [refused] = re.findall(rf"3 notifications +to {PLACE} +(\w{{12}})", groups)
        [event] = re.findall(r"show (event:\S+)", groups)
        shown = reader.types("waybill dead-letters show ID", ID=event).output
        assert "data.order_number: missing" in shown

        site.partners.faults.clear(route)
        reader.types(
            "waybill dead-letters replay --fingerprint FINGERPRINT",
            FINGERPRINT=refused,
        )
        reader.types(
            "waybill dead-letters discard ID --reason REASON",
            ID=event,
            REASON="sent anew",
        )
        accounts = accounted(site, ORDERS)
        reader.well()
        told = reader.types("waybill explain ORDER", ORDER=ORDERS[0]).output
    assert accounts.lost == frozenset()
    assert f"{PLACE} took delivery" in told


def test_a_wrong_key_shuts_the_gate_until_the_right_one_is_there(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path) as site:
        right = site.settings
        site.settings = {**right, "WAYBILL_WESTCON__SUBSCRIPTION_KEY": "wrong"}
        reader = Reader(site, "WaybillGateClosed")
        worker = site.worker("wrong").started()
        feed.publish(site.redis.url, ORDERS)

        reader.sees("it refuses the subscription key")
        checked = json.loads(reader.looks("waybill doctor", also=("--json",)).stdout)
        assert any("subscription key" in one["says"] for one in checked)
        assert '"gate_closed"' in worker.output()

        worker.send(signal.SIGTERM)
        worker.exit_code()
        site.settings = right
        fresh = site.worker("right").started()
        reader.types("waybill gate open DESTINATION", DESTINATION="westcon")
        for number in ORDERS:
            reader.types("waybill poll ORDER", ORDER=number)
        accounts = accounted(site, ORDERS)
        reader.well()
        assert '"gate_opened"' in fresh.output()
    assert accounts.lost == frozenset()


def test_a_receiver_that_is_gone_is_enabled_again(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillDestinationDisabled")
        site.worker("only").started()
        route = f"receiver.{RECEIVER}"
        site.partners.faults.order(route, Fault.status(410), None)
        feed.publish(site.redis.url, ORDERS)

        assert "`waybill endpoints enable acme`" in reader.sees(f"{PLACE} is disabled")
        listed = reader.looks("waybill endpoints list").output
        assert "410" in listed

        site.partners.faults.clear(route)
        reader.types("waybill endpoints test NAME", NAME=RECEIVER)
        reader.types("waybill endpoints enable NAME", NAME=RECEIVER)
        reader.types(
            "waybill dead-letters replay --destination DESTINATION", DESTINATION=PLACE
        )
        accounts = accounted(site, ORDERS)
        reader.well()
    assert accounts.lost == frozenset()


@pytest.mark.parametrize("way", ["settings", "forget"])
def test_an_endpoint_that_nobody_knows_is_made_known_or_forgotten(
    tmp_path: Path, way: str
) -> None:
    (number,) = feed.numbers(0, 1)
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillEndpointUnknown")
        old = site.worker("old").started()
        reference = {"order_number": number, "order_type": "W"}
        data = {"order_number": number, "westcon": reference, "endpoints": [OTHER]}
        stream = feed.stream_at(site.redis.url)
        stream.publish(feed.event("order.placed", number, data))

        reader.sees(f"no living worker knows endpoint {OTHER}")

        if way == "settings":
            with_two(site)
            old.send(signal.SIGTERM)
            old.exit_code()
            site.worker("new").started()
            until("it is notified", lambda: site.partners.applied(OTHER))
        else:
            reader.types(
                "waybill endpoints forget NAME --yes --reason REASON",
                NAME=OTHER,
                REASON="closed down",
            )
        reader.well()


def test_what_a_partner_sends_beyond_its_contract_is_looked_into(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path) as site:
        reader = Reader(site, "WaybillPartnerDrifts")
        site.worker("only").started()
        headers = {"X-RateLimit-Left": "3"}
        fault = Fault.status(503, "x", headers)
        site.partners.faults.order(f"receiver.{RECEIVER}", fault, 1)
        feed.publish(site.redis.url, ORDERS)
        accounts = accounted(site, ORDERS)

        def listed() -> str:
            found = reader.looks("waybill drift list").output
            return found if "x-ratelimit-left" in found else ""

        [id_] = re.findall(
            r"^([0-9a-f]{8,16})\b.*$", until("it is listed", listed), re.MULTILINE
        )
        reader.types("waybill drift show ID", ID=id_)
        reader.types("waybill drift forget ID", ID=id_)
        assert "x-ratelimit-left" not in reader.looks("waybill drift list").output
    assert accounts.lost == frozenset()
