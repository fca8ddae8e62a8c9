"""What the doctor shows of strangers' variables and of what was copied with secrets."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.waybill.doctor.findings import found
from tests.waybill.terminal import Terminal, with_fields


def findings(waybill: Terminal, name: str, **more: Any) -> list[dict[str, str]]:
    """Every finding of one name."""
    shown = json.loads(waybill("doctor", "--offline", "--json", **more).stdout)
    return [one for one in shown if one["name"] == name]


def test_variables_that_workers_ignore_are_named_without_their_values(
    waybill: Terminal,
) -> None:
    strangers = {
        "CELERY_BROKER_URL": "redis://:C4N4RY@other/5",
        "CELERY_RESULT_BACKEND": "redis://:C4N4RY@other/6",
    }

    shown = findings(waybill, "environment", **strangers)

    assert [one["verdict"] for one in shown] == ["warning", "warning"]
    assert [one["says"].split()[0] for one in shown] == sorted(strangers)
    assert "C4N4RY" not in str(shown)


def test_a_setting_that_a_service_hides_is_named_with_the_way_out(
    waybill: Terminal,
) -> None:
    links = {
        "WAYBILL_HEALTH_PORT": "tcp://10.0.0.1:80",
        "WAYBILL_HEALTH_SERVICE_HOST": "10.0.0.1",
    }

    (shown,) = findings(waybill, "environment", **links)

    assert shown["says"].startswith("WAYBILL_HEALTH_PORT is made by Kubernetes")
    assert "enableServiceLinks: false" in shown["advice"]
    assert "settings" not in found(waybill, "--offline", **links)


def test_variables_about_services_are_counted_and_nothing_is_wrong(
    waybill: Terminal,
) -> None:
    links = {"WAYBILL_PORT": "tcp://10.0.0.1:80", "WAYBILL_SERVICE_HOST": "10.0.0.1"}

    (shown,) = findings(waybill, "environment", **links)

    assert shown["verdict"] == "ok"
    assert shown["says"].endswith("; 2 about services")


def test_what_was_copied_with_a_secret_is_a_warning(waybill: Terminal) -> None:
    copied = with_fields(
        waybill,
        secrets=["'C4N4RY'", {"value": "v1,whsec_QzROJEUk"}],
        headers={"X-Key": '"C4N4RY"'},
    )

    shown = findings(
        waybill,
        "secrets",
        **copied,
        WAYBILL_DECK__API_KEY='"C4N4RY"',
        WAYBILL_DECK__SITE_CODE='"C4N4RY"',
    )

    assert [one["says"].partition(" s")[0].partition(" b")[0] for one in shown] == [
        "WAYBILL_DECK__SITE_CODE",
        "WAYBILL_DECK__API_KEY",
        "WAYBILL_INGRAM__ENDPOINTS (acme.secrets.0.value)",
        "WAYBILL_INGRAM__ENDPOINTS (acme.secrets.1.value)",
        "WAYBILL_INGRAM__ENDPOINTS (acme.headers.X-Key)",
    ]
    assert {one["verdict"] for one in shown} == {"warning"}
    assert all(one["advice"] for one in shown)
    assert "C4N4RY" not in str(shown)
    assert "QzROJEUk" not in str(shown)


@pytest.mark.parametrize(
    ("fields", "output"),
    [
        ({"authority": "/nowhere.pem"}, "authority names a file that is of no use"),
        (
            {"client_certificate": "/nowhere.pem"},
            "client_certificate names what is of no use: it cannot be read",
        ),
        (
            {"secrets": [{"value": "s", "until": "2020-01-01T00:00:00Z"}]},
            "no secret signs now",
        ),
        (
            {"secrets": [{"value": "s", "from": "2120-01-01T00:00:00Z"}]},
            "no secret signs now",
        ),
    ],
)
def test_an_endpoint_that_would_fail_at_every_delivery_is_wrong(
    waybill: Terminal, fields: dict[str, Any], output: str
) -> None:
    shown = found(waybill, "--offline", **with_fields(waybill, **fields))

    assert shown["ingram/acme"]["verdict"] == "wrong"
    assert output in shown["ingram/acme"]["says"]


def test_a_redis_whose_file_of_authorities_is_missing_reports_it(
    waybill: Terminal, tmp_path: Path
) -> None:
    url = f"rediss://127.0.0.1:1/0?ssl_ca_certs={tmp_path}/none.pem"

    shown = found(waybill, "--offline", WAYBILL_REDIS_URL=url)

    assert "ssl_ca_certs" in shown["redis.files"]["says"]
    assert shown["redis.files"]["verdict"] == "wrong"
