"""Access: a token and its rights."""

import hashlib
import json

import pytest

from tests.serve.conftest import TOKENS, Caller, bearer
from tests.serve.test_events import event
from tests.waybill.terminal import Terminal
from waybill.serve.tokens import holder
from workers.settings.door import DoorToken


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic wbt_posts"])
def test_without_a_token_nobody_comes_in(door: Caller, header: str) -> None:
    answer = door.session.post(
        f"{door.url}/v1/events",
        data=event("SO-1"),
        headers={"Authorization": header} if header else {},
        timeout=30,
    )

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_token_does_what_its_rights_allow_and_no_more(door: Caller) -> None:
    assert door.post(event("SO-1"), by="bi").status_code == 403
    assert door.get("/v1/orders/SO-1", by="erp").status_code == 403
    assert door.post(event("SO-1")).status_code == 202
    assert door.get("/v1/orders/SO-1").status_code == 404


def test_health_metrics_and_the_description_need_no_token(door: Caller) -> None:
    for path in ("/live", "/ready", "/metrics", "/openapi.json"):
        assert door.session.get(door.url + path, timeout=30).status_code == 200, path


def test_the_holder_is_the_one_whose_digest_it_is() -> None:
    tokens = {
        name: DoorToken(sha256=hashlib.sha256(t.encode()).hexdigest(), rights=("read",))
        for name, t in TOKENS.items()
    }

    for name in TOKENS:
        found = holder(bearer(name), tokens)
        assert found is not None
        assert found.name == name
    assert holder(bearer("wbt_other"), tokens) is None
    assert holder(TOKENS["erp"], tokens) is None


def test_a_token_that_is_made_opens_the_door_that_has_its_entry(
    waybill: Terminal,
) -> None:
    result = waybill("serve", "token", "erp", "-r", "publish")

    token = result.stdout.strip()
    name, _, entry = result.stderr.strip().partition("=")
    assert name == "WAYBILL_HTTP__TOKENS"
    assert token not in result.stderr
    found = json.loads(entry.strip("'"))["erp"]
    known = {"erp": DoorToken.model_validate(found)}
    assert holder(f"Bearer {token}", known) is not None
    assert found["rights"] == ["publish"]


def test_without_tokens_the_door_does_not_open_and_says_how_it_would(
    waybill: Terminal,
) -> None:
    result = waybill("serve", "--port", "0")

    assert result.exit_code == 2
    assert "WAYBILL_HTTP__TOKENS is empty" in result.stderr
    assert "waybill serve token" in result.stderr


@pytest.mark.parametrize(
    "entry",
    [
        '{"erp": {"sha256": "abc", "rights": ["read"]}}',
        '{"erp": {"sha256": "' + "0" * 64 + '", "rights": []}}',
    ],
)
def test_an_entry_that_lets_nobody_in_is_a_mistake_of_the_settings(
    waybill: Terminal, entry: str
) -> None:
    result = waybill("serve", WAYBILL_HTTP__TOKENS=entry)

    assert result.exit_code == 2
    assert "WAYBILL_HTTP__TOKENS" in result.stderr
