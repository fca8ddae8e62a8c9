"""Endpoints are kept as they are written, and are what they were when checked."""

import gc
import json
from typing import Any

import pytest
from pydantic import SecretStr

from waybill.sandbox import environment
from workers.partners.ingram.endpoint_settings import Endpoint
from workers.partners.ingram.settings import Ingram
from workers.settings.settings import Settings, SettingsError
from workers.wiring.partners import destinations_of, plan_rules_of

URL = "https://receiver.example/hooks?key=a%20b"
WRITTEN: dict[str, dict[str, Any]] = {
    "plain": {"mode": "direct", "target_url": URL, "secrets": ["s3cr3t-ü \\n"]},
    "full": {
        "mode": "direct",
        "target_url": URL,
        "secrets": [
            {"value": "whsec_YWJjZGVmZ2g=", "until": "2027-01-01T00:00:00+01:00"},
            {"value": "4n0ther", "from": "2026-12-01T00:00:00Z"},
        ],
        "events": ["im::order_shipped"],
        "body": "portal",
        "late_facts": "keep",
        "hub_encoding": "hex",
        "max_leased": 3,
        "rate": 0.5,
        "retry_pauses": [1, 2.5],
        "answers": {"404": "again", "3xx": "again"},
        "after_dead_letter": "hold",
        "headers": {"X-Key": "abc"},
    },
}


def settings_with(endpoints: dict[str, Any]) -> Ingram:
    environ = environment("http://127.0.0.1:9")
    environ["WAYBILL_INGRAM__ENDPOINTS"] = json.dumps(endpoints)
    return Settings.load(environ).of(Ingram)


@pytest.mark.parametrize("name", WRITTEN)
def test_an_endpoint_is_what_its_text_makes(name: str) -> None:
    kept = settings_with(WRITTEN).endpoints

    assert kept[name] == kept[name] == Endpoint.model_validate(WRITTEN[name])


def test_they_are_a_map_in_the_order_in_which_they_are_written() -> None:
    kept = settings_with(WRITTEN).endpoints

    assert (list(kept), len(kept)) == (["plain", "full"], 2)
    assert ("plain" in kept, "other" in kept) == (True, False)
    with pytest.raises(KeyError):
        _ = kept["other"]


def test_moments_of_a_file_are_kept(tmp_path: Any) -> None:
    file = tmp_path / "waybill.toml"
    file.write_text(
        f'[ingram.endpoints.dated]\nmode = "direct"\ntarget_url = "{URL}"\n'
        'secrets = [{value = "x", from = 2026-12-01T00:00:00.25+02:00}]\n'
    )
    environ = environment("http://127.0.0.1:9") | {"WAYBILL_CONFIG": str(file)}

    (secret,) = Settings.load(environ).of(Ingram).endpoints["dated"].secrets

    assert secret.valid_from is not None
    assert secret.valid_from.isoformat() == "2026-12-01T00:00:00.250000+02:00"


def test_no_secret_of_theirs_is_shown() -> None:
    shown = repr(settings_with(WRITTEN))

    assert "plain" in shown
    assert not any(text in shown for text in ("s3cr3t", "whsec", "4n0ther", "a%20b"))


def test_all_that_is_wrong_with_any_of_them_is_reported_at_once() -> None:
    wrong = {"one": {"target_url": "x"}, "two": {**WRITTEN["plain"], "body": "no"}}

    with pytest.raises(SettingsError) as caught:
        settings_with(WRITTEN | wrong)

    problems = str(caught.value)
    assert all(f"({n})" in problems for n in ("one.target_url", "two.body"))


def test_a_thousand_endpoints_alike_cost_few_objects() -> None:
    many = {f"e-{n}": WRITTEN["plain"] for n in range(1000)}
    environ = environment("http://127.0.0.1:9")
    environ["WAYBILL_INGRAM__ENDPOINTS"] = json.dumps(many)

    settings = Settings.load(environ)
    rules = plan_rules_of(settings)
    limits = [one for one in destinations_of(settings) if "/e-" in one.name]
    gc.collect()
    alive = [one for one in gc.get_objects() if isinstance(one, Endpoint | SecretStr)]

    assert len(alive) < len(many) / 10
    assert len({id(rules.endpoints[name]) for name in many}) == 1
    assert (len(limits), len({id(one.retry) for one in limits})) == (1000, 1)
