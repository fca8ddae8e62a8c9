"""The chart agrees with the project: versions, settings, queues, options, alerts."""

import tomllib
from typing import Any

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from tests.chart.rendering import CHART, SETS, Chart, containers, named, pods
from tests.deploy import signals
from tests.deploy.files import ROOT, instructions, services
from tools.docs import chart_page
from workers.dispatch.queues import QUEUES
from workers.fields.names import CONFIG, SECRETS_DIR, variables
from workers.settings.settings import Settings

every_set = pytest.mark.parametrize("values", SETS)


def project() -> dict[str, Any]:
    read = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: dict[str, Any] = read["project"]
    return found


def metadata() -> dict[str, Any]:
    text = (CHART / "Chart.yaml").read_text("utf-8")
    found: dict[str, Any] = YAML(typ="safe").load(text)
    return found


def test_the_chart_has_the_projects_version() -> None:
    assert metadata()["version"] == project()["version"]
    assert metadata()["appVersion"] == project()["version"]


@pytest.mark.parametrize(
    ("values", "image"),
    [
        ("defaults", f"waybill:{project()['version']}"),
        ("everything", f"registry.example.com/waybill:{project()['version']}"),
        ("external", "registry.example.com/waybill@sha256:78241"),
    ],
)
def test_all_run_one_image(chart: Chart, values: str, image: str) -> None:
    images = {one["image"] for one in containers(chart.rendered(values)).values()}

    assert len(images) == 1
    assert images.pop().startswith(image)


@every_set
def test_every_setting_of_a_container_exists(chart: Chart, values: str) -> None:
    known = {one.name for one in variables(Settings)} | {CONFIG, SECRETS_DIR}

    for container in containers(chart.rendered(values)).values():
        names = [one["name"] for one in container["env"]]
        assert len(set(names)) == len(names)
        assert {one for one in names if one.startswith("WAYBILL_")} <= known
        assert not [one for one in names if one.startswith(("CELERY_", "FLOWER_"))]


@every_set
def test_every_key_of_a_secret_that_is_mounted_as_settings_exists(
    chart: Chart, values: str
) -> None:
    known = {one.name for one in variables(Settings)}

    for _, spec in pods(chart.rendered(values)):
        [secrets] = [one for one in spec["volumes"] if one["name"] == "secrets"]
        keys = [one["key"] for one in secrets["secret"].get("items", ())]
        assert set(keys) <= known


def test_the_schema_and_the_table_of_values_are_the_codes() -> None:
    schema = (ROOT / chart_page.SCHEMA).read_text("utf-8")
    values = (ROOT / chart_page.VALUES).read_text("utf-8")
    page = (ROOT / chart_page.PAGE).read_text("utf-8")

    assert chart_page.schema(schema) == schema, "run `make docs`"
    assert chart_page.table(schema, values) in page, "run `make docs`"


def test_no_setting_that_holds_a_secret_may_stand_in_an_environment() -> None:
    refused = {one.name for one in variables(Settings) if chart_page.is_secret(one)}

    assert refused >= {
        *("WAYBILL_REDIS_URL", "WAYBILL_BROKER_URL", "WAYBILL_MARKS_URL"),
        *("WAYBILL_WESTCON__ACCOUNTS", "WAYBILL_DECK__SITES"),
        *("WAYBILL_INGRAM__ENDPOINTS", "WAYBILL_INGRAM__PROXY"),
        *("WAYBILL_HTTP__TOKENS", "WAYBILL_HTTP__USERS"),
    }
    assert "WAYBILL_INGRAM__RETRY_PAUSES" not in refused
    assert "WAYBILL_WESTCON__STATUSES" not in refused


def test_a_section_may_hold_a_secret_deep_inside() -> None:
    class Inner(BaseModel):
        key: str

    assert not chart_page.holds_secret(dict[str, Inner])


def test_there_is_a_deployment_for_each_queue(chart: Chart) -> None:
    found = containers(chart.rendered("per_queue"))

    served = {tuple(one["args"][-2:]) for one in found.values()}
    assert served == {("--queues", queue) for queue in QUEUES}


def test_a_worker_is_started_as_compose_does(chart: Chart) -> None:
    worker = services()["worker"]
    found = containers(chart.rendered("defaults"))[f"{'shop'}-waybill-worker"]

    assert found["args"] == worker["command"]
    assert f'CMD ["{found["args"][0]}"' in f"CMD {instructions('CMD')[0]}"
    assert "command" not in found, "the image's own entry point"


def test_probes_ask_what_compose_asks(chart: Chart) -> None:
    """And /ready besides, which compose has no use for."""
    manifests = chart.rendered("everything")
    for name, service in {
        "worker": "worker",
        "flower": "flower",
        "serve": "serve",
    }.items():
        container = containers(manifests)[f"shop-waybill-{name}"]
        [port] = container["ports"]
        *_, asked_port, asked_path = services()[service]["healthcheck"]["test"]
        live = container["livenessProbe"]["httpGet"]
        assert (str(port["containerPort"]), live["path"]) == (asked_port, asked_path)
        assert live["port"] == port["name"]
        assert container["startupProbe"]["httpGet"] == live
        expected = live["path"] if name == "flower" else "/ready"
        assert container["readinessProbe"]["httpGet"]["path"] == expected


def test_a_worker_has_the_memory_and_the_time_that_compose_gives(chart: Chart) -> None:
    manifests = chart.rendered("defaults")
    [(_, spec)] = pods(manifests)
    worker = services()["worker"]

    [container] = spec["containers"]
    assert container["resources"]["limits"]["memory"] == "512Mi"
    assert worker["mem_limit"] == "512m"
    grace = f"{spec['terminationGracePeriodSeconds']}s"
    assert grace == worker["stop_grace_period"]


def test_the_alerts_are_the_rules_of_prometheus(chart: Chart) -> None:
    rule = named(chart.rendered("everything"), "PrometheusRule", "shop-waybill")

    read = YAML(typ="safe").load(signals.RULES.read_text("utf-8"))
    assert rule["spec"] == read


def test_a_package_has_the_alerts_too(chart: Chart, tmp_path: Any) -> None:
    packed = chart.ran("package", CHART, "--destination", tmp_path)
    assert packed.returncode == 0, packed.stderr
    [archive] = tmp_path.glob("*.tgz")

    shown = chart.ran(
        *("template", "shop", archive),
        *("--set", "secrets.existing=s,prometheusRule.enabled=true"),
    )

    assert "alert: WaybillAbsent" in shown.stdout


def test_helm_finds_nothing_to_complain_about(chart: Chart) -> None:
    for values in SETS:
        file = CHART.parents[1] / "tests" / "chart" / "values" / f"{values}.yaml"
        ran = chart.ran("lint", CHART, "--strict", "--values", file)
        assert ran.returncode == 0, ran.stdout + ran.stderr
