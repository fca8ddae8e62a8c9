"""DECK's order history, and links that are there only later."""

import json
import time

import pytest

from sandbox.http.fault import Fault
from sandbox.partners.deck.links import Links
from sandbox.server import Sandbox
from tests.sandbox.caller import LINK, Caller, Reply, link_fields

JSON = {"Content-Type": "application/json"}
HISTORY = "/deck/api/OmsOrderHistory"


def asked(caller: Caller, **changes: str) -> Reply:
    fields = link_fields("api/omsorderhistory") | changes
    return caller.send("POST", HISTORY, json.dumps(fields), JSON)


def customer(caller: Caller) -> str:
    return str(asked(caller).json()["OrderDetails"][0]["CustomerID"])


def test_the_history_is_signed_for_its_own_path(caller: Caller) -> None:
    with_links_key = asked(caller, **link_fields())

    assert with_links_key.json()["ResponseCode"] == 1
    assert with_links_key.json()["OrderDetails"] == []


def test_the_history_answers_a_code_that_was_ordered(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.faults.order("deck.history", Fault.response_code(2, "Order not found"))

    answer = asked(caller).json()

    assert (answer["ResponseCode"], answer["Message"]) == (2, "Order not found")
    assert answer["TotalRecordsAvailable"] == 0


def test_the_history_takes_posts_of_json_alone(caller: Caller) -> None:
    get = caller.send("GET", HISTORY)
    broken = caller.send("POST", HISTORY, "{", JSON)

    assert (get.status, broken.status) == (405, 400)


def test_a_queued_link_is_there_only_later(sandbox: Sandbox, caller: Caller) -> None:
    queued = Fault.response_code(15, "Queued", seconds=0.5)
    sandbox.faults.order("deck.link", queued)

    answered = caller.send("POST", LINK, json.dumps(link_fields()), JSON)
    made = sandbox.links.history("SO-1")
    until = time.monotonic() + 10
    while customer(caller) == "-100" and time.monotonic() < until:
        time.sleep(0.02)

    assert answered.json()["ResponseCode"] == 15
    assert [one.customer for one in made] == ["C-7"]
    assert customer(caller) == "C-7"
    assert time.time() * 1_000 >= made[0].at_ms


@pytest.mark.parametrize("clear", [False, True])
def test_a_link_that_is_queued_is_nobodys_yet(*, clear: bool) -> None:
    links = Links()
    links.link("SO-1", "C-1", "json")
    links.link("SO-1", "C-2", "json", after=3_600)

    if clear:
        links.clear()

    assert links.customer("SO-1") == (None if clear else "C-1")
    assert links.customers() == ({} if clear else {"SO-1": "C-1"})
    assert len(links.history()) == (0 if clear else 2)
