"""A ledger of the release before incarnations, and this release at work on it."""

import json
from pathlib import Path
from typing import Any

import pytest
import redis

from serializers.formats.ids import event_id
from tests.edge.receivers import Receivers
from tests.edge.site import Site
from workers.ledger import keys

#: As that release has left it: one notification delivered to one endpoint and given up
#: for the other, the next one on its way to both, the order under watch.
BEFORE: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("ledger_before.json").read_text("utf-8")
)
DEAD, WAITING = "4R1M0ZY55PWH8VB4GB4WNJWKXA", "9G5X6V4AP6VGP5H4HVSX3303GX"


def put_back(client: redis.Redis) -> None:
    """Write the ledger; leases have ended since."""
    for key, kept in BEFORE.items():
        match kept:
            case {"hash": fields}:
                client.hset(key, mapping=fields)
            case {"list": members}:
                client.rpush(key, *members)
            case {"set": members}:
                client.sadd(key, *members)
            case {"scores": scores}:
                client.zadd(key, dict.fromkeys(scores, 1.0))
            case {"hex": octets}:
                client.set(key, bytes.fromhex(octets))
            case {"text": text}:
                client.set(key, text)


def changed(id_: str, *lines: tuple[str, str]) -> bytes:
    reported = [{"line_number": n, "status": s, "quantity": "2"} for n, s in lines]
    return json.dumps(
        {
            "specversion": "1.0",
            "id": id_,
            "source": "/erp",
            "time": "2026-03-01T12:00:00Z",
            "type": "order.status_changed",
            "data": {"order_number": "SO-1", "lines": reported},
        }
    ).encode()


@pytest.fixture
def receivers(site: Site) -> Receivers:
    put_back(site.world.redis)
    receivers = Receivers()
    site.ingram = receivers
    return receivers


def test_what_waits_across_the_upgrade_is_sent_once_under_the_id_that_it_had(
    site: Site, receivers: Receivers
) -> None:
    site.work_off()
    # The change that was recorded is published once more, and seen at Westcon.
    site.take_in([changed("e3", ("10", "INV")), changed("e4", ("10", "INV"))])
    site.work_off()

    assert receivers.ids() == [("refusing", WAITING), ("schema", WAITING)]
    assert {body for _, _, body in receivers.arrived} == {
        payload_of(f"delivery:{WAITING}.schema")
    }


def test_what_was_given_up_before_is_replayed_under_the_id_that_it_had(
    site: Site, receivers: Receivers
) -> None:
    site.work_off()
    receivers.arrived.clear()

    site.world.letters.replay(f"delivery:{DEAD}.refusing")
    site.work_off()

    assert receivers.arrived == [
        ("refusing", DEAD, payload_of(f"delivery:{DEAD}.refusing"))
    ]


def test_what_happens_to_a_known_order_later_has_an_id_without_an_incarnation(
    site: Site, receivers: Receivers
) -> None:
    site.work_off()
    receivers.arrived.clear()

    site.take_in([changed("e5", ("20", "SHI"))])
    site.work_off()

    id_ = event_id("SO-1", "60012345/20", "reached", "SHI", "0", "2")
    assert receivers.ids() == [("refusing", id_), ("schema", id_)]


def payload_of(ref: str) -> bytes:
    payload: str = BEFORE[keys.prefix(0) + ref]["hash"]["payload"]
    return payload.encode()
