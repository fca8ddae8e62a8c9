"""A number that is used again once its order was forgotten, on a real Redis."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.edge.receivers import Receivers
from tests.edge.site import Site

KEYS = tuple("{wb:0}:" + name + ":SO-1" for name in ("order", "record", "log"))


def event(life: int, kind: str, **data: Any) -> bytes:
    body = {
        "specversion": "1.0",
        "id": f"{kind}-{life}",
        "source": "/erp",
        "type": f"order.{kind}",
        "data": {"order_number": "SO-1", "endpoints": ["schema", "refusing"], **data},
    }
    return json.dumps(body).encode()


@pytest.fixture
def receivers(site: Site) -> Receivers:
    site.rules = replace(site.rules, westcon=False)
    receivers = Receivers()
    site.ingram = receivers
    return receivers


def live(site: Site, life: int) -> None:
    assert site.take_in([event(life, "placed"), event(life, "cancelled")]) == set()
    site.work_off()


def forget(site: Site) -> set[str]:
    """The retention ends of what has one; the keys of the order that are left."""
    client = site.world.redis
    ended = [key for key in KEYS if client.pttl(key) >= 0]
    client.delete(*ended)
    return set(KEYS) - set(ended)


def test_its_void_is_another_event_and_its_numbers_begin_anew(
    site: Site, receivers: Receivers
) -> None:
    live(site, 1)
    assert forget(site) == set()
    live(site, 2)

    assert len(set(receivers.ids())) == len(receivers.arrived) == 4
    assert receivers.numbers == [1, 1, 1, 1]


def test_while_a_letter_of_the_earlier_order_waits_the_two_are_distinguished(
    site: Site, receivers: Receivers
) -> None:
    receivers.refuse = frozenset({"refusing"})
    live(site, 1)
    assert forget(site) == {"{wb:0}:order:SO-1"}
    live(site, 2)

    letters = site.waybill.json("dead-letters", "list")
    table = site.waybill("dead-letters", "list", "--letters").stdout
    whole = site.waybill.json("dead-letters", "show", letters[0]["id"])
    assert [one["earlier_order"] for one in letters] == [True, False]
    assert table.count("SO-1 (an earlier one)") == 1
    assert whole["earlier_order"] is True
    # The numbers go on, since the receivers will meet the earlier one's yet.
    assert [n for (name, *_), n in numbered(receivers) if name == "schema"] == [1, 2]


def numbered(receivers: Receivers) -> list[tuple[tuple[str, str, bytes], int]]:
    return list(zip(receivers.arrived, receivers.numbers, strict=True))


def test_what_still_waits_of_the_earlier_order_is_explained_as_such(
    site: Site, receivers: Receivers
) -> None:
    assert receivers.arrived == []
    site.take_in([event(1, "placed"), event(1, "cancelled")])
    site.hints.sent.clear()
    forget(site)
    site.take_in([event(2, "placed"), event(2, "cancelled")])

    story = site.waybill("explain", "SO-1").stdout
    found = site.waybill.json("explain", "SO-1")["deliveries"]

    assert [one["earlier_order"] for one in found] == [True, False] * 2
    assert story.count("notification of an earlier order of this number to") == 2


def test_a_letter_whose_order_is_damaged_is_listed(
    site: Site, receivers: Receivers
) -> None:
    receivers.refuse = frozenset({"refusing"})
    live(site, 1)
    site.world.redis.delete(KEYS[0])
    site.world.redis.set(KEYS[0], "?")

    (letter,) = site.waybill.json("dead-letters", "list")

    assert letter["earlier_order"] is False
    assert site.waybill("dead-letters", "show", letter["id"]).exit_code == 0
