"""A failed call's customer and secrets stay out of Flower and the log."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from sandbox.http.fault import Fault
from tests.processes import feed
from tests.processes.environ import PARTNERS, RECEIVER
from tests.processes.site import running_site
from tests.processes.waiting import until
from workers.celery_app.settings import celery_settings

pytestmark = pytest.mark.processes

#: DECK reports no, and a person must look.
REFUSED = Fault.response_code(3, "no such site")

SECRETS = (
    PARTNERS.westcon_client_secret,
    PARTNERS.westcon_subscription_key,
    PARTNERS.westcon_partner_key,
    PARTNERS.deck_api_key,
    *PARTNERS.receiver_secrets[RECEIVER],
)


@contextmanager
def watching(broker: str) -> Iterator[list[dict[str, Any]]]:
    """All that a watcher such as Flower is sent meanwhile."""
    app = Celery("watcher", set_as_current=False)
    app.conf.update(celery_settings(broker))
    seen: list[dict[str, Any]] = []
    with app.connection_for_read() as connection:
        receiver = app.events.Receiver(connection, handlers={"*": seen.append})
        thread = threading.Thread(target=receiver.capture, daemon=True)
        thread.start()
        yield seen
        receiver.should_stop = True
        thread.join(10.0)


def failed(seen: list[dict[str, Any]]) -> set[str]:
    """Whose hints the watcher was shown as failed, by what their items are named."""
    shown = [str(one["exception"]) for one in seen if one["type"] == "task-failed"]
    return {"ingram" if f".{RECEIVER}" in one else "deck" for one in shown}


def test_a_failed_hint_shows_no_customer_and_no_secret(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 3)
    with running_site(tmp_path) as site:
        site.partners.receivers.behave(RECEIVER, status=400)
        site.partners.faults.order("deck.link", REFUSED, times=None)
        with watching(site.servers.hints.url) as seen:
            site.worker("only").started()
            feed.publish(site.redis.url, orders)
            until("all are given up", lambda: len(site.ledger.letters()) == 6)
            until("the hints have failed", lambda: failed(seen) >= {"deck", "ingram"})
        output = json.dumps(seen) + site.children["only-0"].output()

    for number in orders:
        assert f"CUST-{number}" not in output
        assert f"PO-{number}" not in output
    assert not any(secret in output for secret in SECRETS)
