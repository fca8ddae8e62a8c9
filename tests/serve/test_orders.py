"""Orders as an ERP reads them: what `waybill explain --json` has."""

import pytest
import redis

from tests.ledger import acts
from tests.serve.conftest import Opener
from tests.waybill.terminal import Terminal, ledger_of
from workers.ledger import keys


@pytest.mark.parametrize("number", ["SO-1", "SO/1 ü"])
def test_an_order_is_shown_as_explain_shows_it(
    redis: redis.Redis, waybill: Terminal, door_of: Opener, number: str
) -> None:
    admitted(redis, waybill, number)
    shown = waybill.json("explain", number)

    with door_of() as door:
        answer = door.get(f"/v1/orders/{number}")

    assert answer.status_code == 200, answer.text
    got = answer.json()
    assert got["order"] == number
    for each in (got, shown):
        # Blockers need the partners' settings, which the door does not have.
        for item in (each["watch"], *each["watches"], *each["deliveries"]):
            item.pop("blockers", None)
            item.pop("overdue_seconds", None)
        each.pop("at")
    assert got == shown


def test_an_order_that_nobody_knows_is_not_found(door_of: Opener) -> None:
    with door_of() as door:
        answer = door.get("/v1/orders/SO-404")

    assert answer.status_code == 404
    assert "nothing is known" in answer.json()["detail"]


def test_a_record_that_cannot_be_read_is_no_secret_and_no_surprise(
    redis: redis.Redis, waybill: Terminal, door_of: Opener
) -> None:
    admitted(redis, waybill, "SO-1")
    redis.set(keys.record(keys.root_of("SO-1", 1), "SO-1"), b"\x00")

    with door_of() as door:
        answer = door.get("/v1/orders/SO-1")

    assert answer.status_code == 500
    assert "waybill explain" in answer.json()["detail"]


def admitted(client: redis.Redis, waybill: Terminal, number: str) -> None:
    """An order in the ledger."""
    world = ledger_of(client, waybill.environ)
    acts.admit(world, number=number)
