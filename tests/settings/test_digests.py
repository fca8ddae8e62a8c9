"""Workers whose settings differ are distinguished, and no secret is given away."""

import json
from typing import Any

import pytest

from workers.settings.digests import KEPT, digests, secret_digests
from workers.settings.settings import Settings

ACME = {"mode": "direct", "target_url": "https://r.example/a?t=tok", "secrets": ["s1"]}


def settings(**changed: Any) -> Settings:
    endpoints = {"acme": ACME | changed.pop("acme", {})} | changed.pop("more", {})
    plain = {
        "WAYBILL_DECK__BASE_URL": "https://deck.example",
        "WAYBILL_DECK__SITE_CODE": "site",
        "WAYBILL_DECK__API_KEY": "key",
        "WAYBILL_INGRAM__ENDPOINTS": json.dumps(endpoints),
    }
    return Settings.load(plain | changed)


def differing(**changed: Any) -> set[str]:
    one, other = digests(settings(), "salt"), digests(settings(**changed), "salt")
    return {part for part in one if one[part] != other[part]}


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"more": {"beta": ACME}}, {"endpoints", "secrets"}),
        ({"acme": {"events": ["im::order_shipped"]}}, {"endpoints"}),
        ({"acme": {"body": "portal"}}, {"endpoints"}),
        ({"acme": {"secrets": ["s2"]}}, {"secrets"}),
        ({"acme": {"headers": {"X-Key": "a"}}}, {"endpoints", "secrets"}),
        ({"acme": {"target_url": "https://r.example/b"}}, {"secrets"}),
        (
            {"acme": {"target_url": "https://q.example/a?t=tok"}},
            {"endpoints", "secrets"},
        ),
        ({"WAYBILL_WESTCON__STATUSES": '{"SHI": {"rank": 60}}'}, {"statuses"}),
        ({"WAYBILL_DECK__SITE_CODE": "other"}, {"partners"}),
        ({"WAYBILL_DECK__API_KEY": "other"}, {"secrets"}),
        ({"WAYBILL_LEASE": "90"}, {"times"}),
        ({"WAYBILL_ON_RESTORE": "hold"}, {"times"}),
        ({"WAYBILL_LOG_LEVEL": "debug"}, set()),
        ({"WAYBILL_HEALTH_PORT": "9"}, set()),
    ],
)
def test_a_part_differs_where_a_setting_of_it_does(
    changed: dict[str, Any], part: set[str]
) -> None:
    assert differing(**changed) == part


def test_each_secret_has_a_keyed_digest_by_the_place_where_it_stands() -> None:
    one = secret_digests(settings(), b"key")
    other = secret_digests(settings(acme={"secrets": ["s2"]}), b"key")

    assert {"deck.api_key", "ingram.endpoints.acme.secrets.1.value"} <= one.keys()
    assert one.keys() == other.keys()
    differing_names = {name for name in one if one[name] != other[name]}
    assert differing_names == {"ingram.endpoints.acme.secrets.1.value"}
    assert not set(one.values()) & set(secret_digests(settings(), b"other").values())


def test_the_secrets_of_another_ledger_have_another_digest() -> None:
    one, other = digests(settings(), "salt"), digests(settings(), "other")

    assert one["secrets"] != other["secrets"]


def test_no_part_but_the_shortened_one_depends_on_a_secret() -> None:
    kept = digests(settings(), "salt")
    secret = {
        "acme": {"secrets": ["s2"], "target_url": "https://r.example/else"},
        "WAYBILL_DECK__API_KEY": "another",
    }

    assert differing(**secret) == {"secrets"}
    assert len(kept["secrets"]) == KEPT == 3
