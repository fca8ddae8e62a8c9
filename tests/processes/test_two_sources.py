"""Two ERPs with the same order numbers, on one ledger with real workers."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes

ORDERS = feed.numbers(0, 5)


def placed(source: str, number: str, westcon: str) -> bytes:
    event = json.loads(feed.placed(number))
    event["source"] = source
    event["data"]["westcon"]["order_number"] = westcon
    return json.dumps(event).encode()


def test_each_erps_orders_are_notified_and_linked_and_no_other_worker_takes_them(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path, NAMESPACE="source") as site:
        stream = feed.stream_at(site.redis.url)
        for number in ORDERS:
            stream.publish(placed("/erp/a", number, number))
            stream.publish(placed("/erp/b", number, f"8{number}"))
        site.worker("right").started()

        links = site.partners.links
        until("every order is linked", lambda: len(links.history()) == 2 * len(ORDERS))
        until("the ledger is quiet", lambda: site.ledger.quiet)
        notified = site.partners.deliveries(RECEIVER)

        site.settings = {**site.settings, "WAYBILL_NAMESPACE": "number"}
        wrong = site.worker("wrong")
        code = wrong.exit_code()

    assert Counter(one.order_number for one in notified) == dict.fromkeys(ORDERS, 2)
    assert len({one.event_id for one in notified}) == 2 * len(ORDERS)
    assert {one.accepted for one in notified} == {True}
    assert code not in {0, None}
    assert "names orders by source, WAYBILL_NAMESPACE is number" in wrong.output()
    assert "Traceback" not in wrong.output()
