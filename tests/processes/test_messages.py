"""What travels on Celery's queues: ids and nothing else, on a queue per partner."""

import base64
import json
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.environ import PARTNERS, RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from workers.dispatch.queues import QUEUES
from workers.redis.answers import octets, text

pytestmark = pytest.mark.processes

#: All that Celery keeps in Redis when nothing waits in it: no schedule, no results.
KNOWN = {*QUEUES, "orders:events", "unacked", "unacked_index", "unacked_mutex"}
OURS = ("{wb:0}:", "wb:", "_kombu.binding")

SECRETS = (
    PARTNERS.westcon_client_secret,
    PARTNERS.westcon_subscription_key,
    PARTNERS.westcon_partner_key,
    PARTNERS.deck_api_key,
    *PARTNERS.receiver_secrets[RECEIVER],
)


def queued(site: Site, queue: str) -> list[bytes]:
    return [octets(each) for each in site.hints.lrange(queue, 0, -1)]


def test_queued_messages_hold_ids_only(tmp_path: Path) -> None:
    orders = feed.numbers(0, 5)
    with running_site(tmp_path) as site:
        feed.publish(site.redis.url, orders)
        site.worker("reader", "-Q", "orders,westcon").started()

        until("a link and a note wait", lambda: _both(site))
        messages = queued(site, "deck") + queued(site, "ingram")

    for message in messages:
        envelope = json.loads(message)
        body = base64.b64decode(envelope["body"]).decode()
        output = body + json.dumps(envelope["headers"])
        destination, partition, claims = json.loads(body)[0]
        assert destination in {"deck", f"ingram/{RECEIVER}"}
        assert partition == 0
        assert all(claim.startswith("delivery:") for claim in claims)
        assert envelope["headers"]["eta"] is None
        assert envelope["headers"]["expires"] is None
        for number in orders:
            assert f"CUST-{number}" not in output
            assert f"PO-{number}" not in output
        assert not any(secret in output for secret in SECRETS)


def _both(site: Site) -> bool:
    return bool(queued(site, "deck") and queued(site, "ingram"))


def test_queues_can_be_split_over_workers(tmp_path: Path) -> None:
    orders = feed.numbers(0, 50)
    with running_site(tmp_path) as site:
        site.worker("poller", "-Q", "westcon").started()
        site.worker("others", "-Q", "deck,ingram,orders").started()

        feed.publish(site.redis.url, orders)
        accounts = accounted(site, orders)
        keys = {text(key) for key in site.ledger.client.scan_iter()}

    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
    others = {key for key in keys - KNOWN if not key.startswith(OURS)}
    assert others == set()
