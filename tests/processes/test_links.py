"""Links on real workers: the latest wins, each is made once, and is seen there."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from sandbox.http.fault import Fault
from tests.processes import feed
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.waybill.terminal import Terminal

pytestmark = pytest.mark.processes

BUSY = Fault.status(503)
READ_BACK: Final[Mapping[str, Any]] = {
    "DECK__READ_BACK": "true",
    "DECK__FORMAT": "xml",
    "DECK__TIMESTAMP_FORMAT": "yyyy-MM-ddTHH:mm:ssZ",
}


def linked(site: Site, order: str, customer: str, second: int, deck: str = "") -> None:
    """Publish one customer of an order, dated so many seconds after the hour."""
    data: dict[str, object] = {"order_number": order, "customer_id": customer}
    if deck:
        data["deck"] = {"order_number": deck}
    event = json.loads(feed.event("order.customer_linked", order, data))
    event["id"], event["time"] = f"{order}-{second}", f"2026-01-02T03:00:{second:02}Z"
    feed.stream_at(site.redis.url).publish(json.dumps(event).encode())


def explained(site: Site, order: str) -> str:
    return Terminal(site.settings)("explain", order).stdout


def answers(site: Site) -> list[int]:
    """The statuses that DECK gave to links, in their order."""
    return [one.status for one in site.partners.journal.entries("deck.link")]


def test_the_latest_customer_stands_although_the_first_link_is_still_retried(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path, DECK__RETRY_PAUSES="[3600]") as site:
        site.partners.faults.order("deck.link", BUSY.on("first"), times=None)
        site.worker("one").started()

        linked(site, "SO-1", "first", 1, deck="D-9")
        until("the first is retried", lambda: "again in" in explained(site, "SO-1"))
        linked(site, "SO-1", "second", 2)
        linked(site, "SO-1", "second", 3)
        until("the second is there", lambda: site.partners.links.customer("D-9"))
        linked(site, "SO-1", "first", 1)
        linked(site, "SO-1", "second", 4)
        until("all events are in", lambda: site.ledger.count("admitted") == 4)
        until("all is quiet", lambda: site.ledger.quiet)
        notified = explained(site, "SO-1")

        assert site.partners.links.customers() == {"D-9": "second"}
        assert answers(site) == [503, 200]
        assert site.ledger.count("superseded") == 1
    assert notified.count("is superseded: a newer link stands in its place") == 1
    assert notified.count("no new link follows") == 2


def test_a_queued_link_is_looked_for_until_it_is_there_and_made_once(
    tmp_path: Path,
) -> None:
    queued = Fault.response_code(15, "Queued", seconds=1.2)
    with running_site(tmp_path, **READ_BACK) as site:
        site.partners.faults.order("deck.link", queued)
        site.worker("one").started()

        linked(site, "SO-1", "C-7", 1)
        until("the link is done", lambda: site.ledger.count("done") == 1)

        [made] = site.partners.links.history()
        assert (made.customer, made.format) == ("C-7", "xml")
        assert site.partners.links.customer("SO-1") == "C-7"
        assert site.partners.journal.count("deck.link") == 1
        assert site.partners.journal.count("deck.history") > 1
        assert "deck failed delivery" in explained(site, "SO-1")


def test_a_link_that_is_never_there_is_given_up_with_what_was_found(
    tmp_path: Path,
) -> None:
    lost = Fault.response_code(0, "Success").acting(effect=False)
    pauses: Mapping[str, Any] = {"DECK__RETRY_PAUSES": "[0.2, 0.2]"}
    with running_site(tmp_path, **READ_BACK, **pauses) as site:
        site.partners.faults.order("deck.link", lost)
        site.worker("one").started()

        linked(site, "SO-1", "C-7", 1)
        [why] = until(
            "it is a dead letter",
            lambda: [why for _, why in site.ledger.letters().values()],
        )

        assert why == (
            "DECK took the link, but its order history has CustomerID -100"
            " (the last of 3 attempts)"
        )
        assert site.partners.journal.count("deck.link") == 1
        assert site.partners.journal.count("deck.history") == 3
