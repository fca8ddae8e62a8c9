"""An order number that is used again once Redis has forgotten its order."""

import json
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes

ORDER = "70000000"


def publish(site: Site, life: int) -> None:
    """An order that is cancelled at once; an ERP has an id for each event."""
    placed = {"order_number": ORDER, "customer_id": f"CUST-{life}"}
    for kind, data in (("placed", placed), ("cancelled", {"order_number": ORDER})):
        event = json.loads(feed.event(f"order.{kind}", ORDER, data))
        event["id"] = f"{kind}-{life}"
        feed.stream_at(site.redis.url).publish(json.dumps(event).encode())


def voids(site: Site) -> int:
    """How often a receiver was notified of a void and acted on it; it drops repeats."""
    return len(site.partners.applied(RECEIVER))


def test_its_void_is_new_to_a_receiver_that_drops_repeats(tmp_path: Path) -> None:
    with running_site(tmp_path, RETENTION="1", DELIVERED_RETENTION="1") as site:
        site.worker("worker").started()
        with site.redis.client() as client:
            publish(site, 1)
            until("the order is void", lambda: voids(site) == 1)
            until("it is forgotten", lambda: not client.keys("*order:*"))
            publish(site, 2)
            until("the next one is void", lambda: voids(site) == 2)
            until("it is linked anew", lambda: len(site.partners.links.history()) == 2)

        arrived = site.partners.deliveries(RECEIVER)
    assert [one.order_number for one in arrived] == [ORDER, ORDER]
