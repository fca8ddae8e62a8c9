"""Partners that send what nobody has documented, to a real worker."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.http.fault import Fault
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.environ import RECEIVER
from tests.processes.pages import page
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.waybill.terminal import Terminal
from workers.ledger import keys
from workers.redis.answers import text

pytestmark = pytest.mark.processes

#: What a partner knows and nobody else may: in members, in names, in headers.
SECRET = "Zebedee-Quillfeather-1234"
HEADERS = {
    "Set-Cookie": f"session={SECRET}",
    "X-RateLimit-Left": SECRET,
    "Authorization": f"Bearer {SECRET}",
}
#: Kind, partner, and where it stands.
NEW = {
    ("field", "westcon", "mt_orderstatus_response[].added"),
    ("field", "westcon", "mt_orderstatus_response[].<name 25>"),
    ("status", "westcon", "mt_orderstatus_response[].linestatuscode"),
    ("value", "westcon", "mt_orderstatus_response[].shipdate"),
    ("rate-limit", "westcon", "x-ratelimit-left"),
    ("envelope", "westcon", ""),
    ("content-type", "westcon", "content-type"),
    ("retry-after", "deck", "retry-after"),
    ("http-status", "ingram", ""),
    ("rate-limit", "ingram", "x-ratelimit-left"),
}


def lines(number: str) -> str:
    line = {
        "eRPOrderNumber": number,
        "eRPOrderLineNumber": "000010",
        "customerOrderNumber": f"PO-{number}",
        "customerLineNumber": "",
        "eRPProductNumber": "P-1",
        "lineQuantity": "         1.000",
        "unitOfMeasure": "EA",
        "lineStatusCode": "QQQ",
        "lineStatusDescription": SECRET,
        "statusDate": "20261120",
        "shipDate": f"tomorrow {SECRET}",
        "billingDocument": "",
        "parentERPLine": "000000",
        "added": {"token": SECRET, "e-mail": f"{SECRET}@example.org"},
        SECRET: 1,
    }
    return json.dumps({"MT_OrderStatus_Response": [line]})


def send_something_new(site: Site, number: str) -> None:
    order = site.partners.faults.order
    order("westcon.order_status", Fault.status(200, lines(number), HEADERS))
    order("westcon.order_status", Fault.html_200())
    order("deck.link", Fault.status(503, SECRET, {"Retry-After": f"a while {SECRET}"}))
    order(f"receiver.{RECEIVER}", Fault.status(520, SECRET, HEADERS))


def test_orders_are_worked_off_and_each_shape_is_listed_once_without_a_secret(
    tmp_path: Path,
) -> None:
    settings: dict[str, Any] = {
        "WESTCON__POLL_MIN": "0.1",
        "WESTCON__POLL_MAX": "0.5",
        "WESTCON__RETRY_PAUSES": "[0.1, 0.1]",
        "DECK__RETRY_PAUSES": "[0.1, 0.1]",
        "INGRAM__RETRY_PAUSES": "[0.1, 0.1]",
    }
    (number,) = feed.numbers(0, 1)
    with running_site(tmp_path, **settings) as site:
        send_something_new(site, number)
        waybill = Terminal(site.settings)
        worker = site.worker("only").started()
        feed.publish(site.redis.url, (number,))
        accounted(site, (number,))

        def listed() -> dict[tuple[str, str, str], dict[str, Any]]:
            found = waybill.json("drift", "list")
            return {(one["kind"], one["partner"], one["path"]): one for one in found}

        until("all of it is listed", lambda: listed().keys() >= NEW)
        found = listed()
        metrics = page(worker, "/metrics")[1]
        shown = [waybill("drift", "show", one["id"]).output for one in found.values()]
        outputs = [
            waybill("drift", "list").output,
            *shown,
            json.dumps(waybill.json("status")["drift"]),
            metrics,
            worker.output(),
            *(text(value) for pair in kept(site) for value in pair),
        ]
        waybill("drift", "forget", "--all")
        site.partners.faults.order("westcon.order_status", Fault.html_200())
        feed.publish(site.redis.url, feed.numbers(1, 1))
        until("it is listed anew", lambda: len(listed()) == 2)

    assert found.keys() == NEW
    assert all(one["count"] == 1 for one in found.values())
    assert all("samples      1\n" in page for page in shown)
    assert [text for text in outputs if SECRET in text or "Zebedee" in text] == []
    assert f"waybill_drift_shapes{{{KIND}}} 2.0" in metrics
    assert 'waybill_drift_found_total{partner="ingram"} 2.0' in metrics


KIND = 'kind="field",partner="westcon"'


def kept(site: Site) -> list[tuple[bytes, bytes]]:
    """What Redis holds of it: every field, and its value."""
    raw: Any = site.ledger.client.hgetall(keys.DRIFT)
    return list(raw.items())
