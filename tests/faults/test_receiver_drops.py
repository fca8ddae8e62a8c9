"""The receiver applies a notification and drops the connection: H13."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sandbox.http.fault import Fault
from sandbox.partners.ingram.receiver import Delivery
from tests.faults.figures import Figures, record
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.ledger_servers import fails_over
from tests.processes.site import Site, running_site
from tests.processes.waiting import until

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

#: Nothing is given up, and nothing waits for a breaker: what is in question is only
#: what comes again.
STUBBORN: dict[str, Any] = {
    "INGRAM__RETRY_PAUSES": json.dumps([1.0] * 200),
    "INGRAM__BREAKER_FAILURES": "1000000",
}


def dropped(site: Site, orders: tuple[str, ...]) -> tuple[Delivery, ...]:
    """Drop every connection until each order was applied once; then answer."""
    fault = Fault.apply_then_drop()
    site.partners.faults.order(f"receiver.{RECEIVER}", fault, times=None)
    stream = feed.stream_at(site.redis.url)
    for number in orders:
        stream.publish(feed.placed(number, customer=False))
    until("all was applied", lambda: len(site.partners.applied(RECEIVER)))
    until(
        "each order was applied and dropped",
        lambda: len(site.partners.applied(RECEIVER)) == len(orders),
        120.0,
    )
    site.partners.faults.clear()
    until("the ledger is quiet", lambda: site.ledger.quiet, 120.0)
    return site.partners.deliveries(RECEIVER)


@pytest.mark.long
def test_h13_a_thousand_notifications_are_a_thousand_effects_however_often_they_came(
    tmp_path: Path,
) -> None:
    count = 1_000
    orders = feed.numbers(0, count)
    with running_site(tmp_path, **STUBBORN) as site:
        site.worker("first").started()
        site.worker("second").started()

        deliveries = dropped(site, orders)

        applied = site.partners.applied(RECEIVER)
        ambiguous, dead = site.ledger.ambiguous, site.ledger.letters()
    _keep(count, deliveries, ambiguous)
    answered = [one for one in deliveries if one.status]
    assert len(applied) == len(set(applied)) == count
    assert {one.order_number for one in deliveries} == set(orders)
    # Each repeat follows a drop, and of each drop the ledger knows that it may have
    # been more than that.
    assert len(answered) == count or fails_over()
    assert ambiguous >= len(deliveries) - count >= count
    assert ambiguous == len(deliveries) - count or fails_over()
    assert dead == {}


def test_h13_a_repeat_has_the_same_id_and_the_same_bytes(tmp_path: Path) -> None:
    with running_site(tmp_path, **STUBBORN) as site:
        site.worker("only").started()

        deliveries = dropped(site, feed.numbers(0, 20))

    seen = Counter((one.order_number, one.event_id, one.body) for one in deliveries)
    assert len(seen) == 20
    assert min(seen.values()) >= 2
    attempts: dict[str, list[int]] = {}
    for one in deliveries:
        assert one.verified, one.reason
        attempts.setdefault(one.order_number, []).append(
            int(one.headers["waybill-try"])
        )
    assert all(
        output == list(range(1, len(output) + 1)) for output in attempts.values()
    )


def _keep(count: int, deliveries: tuple[Delivery, ...], ambiguous: int) -> None:
    what = "each notification is applied and its connection dropped"
    doubled = len(deliveries) - count
    record(Figures("H13", what, count, doubled=doubled, ambiguous=ambiguous))
