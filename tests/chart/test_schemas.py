"""What the chart renders is what Kubernetes, KEDA and Prometheus' operator take."""

import re
from collections.abc import Iterator
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped] # it has no types
import pytest

from tests.chart.programs import Schemas
from tests.chart.rendering import CHART, SETS, Chart, Manifest, named, pods

#: The oldest Kubernetes that the chart names, and the newest whose schemas there are.
OLDEST, NEWEST = "1.27", "1.37"
#: Members of types that stand elsewhere: a selector's, and a trigger's own and a
#: HorizontalPodAutoscaler's, which `test_scaling` holds.
ELSEWHERE = frozenset(
    {"serverAddress", "query", "threshold", "matchLabels"}
    | {"scaleDown", "stabilizationWindowSeconds"}
)
OURS = ("keda.sh", "monitoring.coreos.com")

every_set = pytest.mark.parametrize("values", SETS)


def is_custom(manifest: Manifest) -> bool:
    return str(manifest["apiVersion"]).startswith(OURS)


def members(value: Any) -> Iterator[str]:
    """The name of every member, at any depth."""
    match value:
        case dict():
            for name, inner in value.items():
                yield name
                # Texts by free names: they are no members of the type.
                if name not in ("labels", "annotations", "matchLabels", "metadata"):
                    yield from members(inner)
        case list():
            for inner in value:
                yield from members(inner)


@every_set
@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_kubernetes_takes_every_object(chart: Chart, values: str, version: str) -> None:
    for manifest in chart.rendered(values):
        if not is_custom(manifest):
            kubernetes_validate.validate(manifest, version, strict=True)


def test_the_chart_names_the_oldest_version_that_is_tried() -> None:
    text = (CHART / "Chart.yaml").read_text("utf-8")

    assert f'kubeVersion: ">={OLDEST}.0-0"' in text


@every_set
def test_custom_objects_fit_their_schemas(
    chart: Chart, schemas: Schemas, values: str
) -> None:
    found = [one for one in chart.rendered(values) if is_custom(one)]
    complaints = schemas.complaints(found)

    assert dict(zip(map(str, found), complaints, strict=True)) == {
        str(one): "" for one in found
    }


def test_custom_objects_have_no_member_that_their_types_lack(
    chart: Chart, schemas: Schemas
) -> None:
    """Their schemas let an unknown member pass, and a cluster drops it silently."""
    found = [one for one in chart.rendered("everything") if is_custom(one)]

    assert {one["kind"] for one in found} == {
        "ScaledObject",
        "ServiceMonitor",
        "PrometheusRule",
    }
    for manifest in found:
        names = set(re.findall(r"\b\w+\b", schemas.declarations(manifest["kind"])))
        assert set(members(manifest)) - names - ELSEWHERE == set()


@every_set
def test_names_are_given_once_and_fit(chart: Chart, values: str) -> None:
    manifests = chart.rendered(values, "--set", f"nameOverride={'n' * 40}")
    names = [(one["kind"], one["metadata"]["name"]) for one in manifests]

    assert len(set(names)) == len(names)
    # A CronJob's pods get eleven characters more.
    assert all(len(name) <= 52 for _, name in names)


@every_set
def test_what_is_referred_to_is_made_or_given(chart: Chart, values: str) -> None:
    manifests = chart.rendered(values)
    made = {(one["kind"], one["metadata"]["name"]) for one in manifests}
    given = {
        *("waybill-secrets", "door-secrets", "flower-password", "flower-redis"),
        *("door-certificate", "waybill-books", "authorities"),
    }

    for _, spec in pods(manifests):
        for volume in spec["volumes"]:
            secret = volume.get("secret", {}).get("secretName")
            config = volume.get("configMap", {}).get("name")
            assert secret is None or secret in given or ("Secret", secret) in made
            assert config is None or config in given or ("ConfigMap", config) in made


@every_set
def test_what_selects_pods_selects_some_and_those_alone(
    chart: Chart, values: str
) -> None:
    manifests = chart.rendered(values)
    labels = {
        one["metadata"]["name"]: template["metadata"]["labels"]
        for one in manifests
        if (template := _template(one))
    }

    for one in manifests:
        spec = one.get("spec", {})
        chosen = {
            "Deployment": lambda spec: spec["selector"]["matchLabels"],
            "Service": lambda spec: spec["selector"],
            "PodDisruptionBudget": lambda spec: spec["selector"]["matchLabels"],
            "NetworkPolicy": lambda spec: spec["podSelector"]["matchLabels"],
        }.get(one["kind"])
        if chosen:
            wanted = chosen(spec).items()
            found = {name for name, own in labels.items() if wanted <= own.items()}
            assert found, one["metadata"]["name"]
            if one["kind"] in ("Deployment", "PodDisruptionBudget"):
                assert found == {one["metadata"]["name"]}


def test_everything_makes_every_kind(chart: Chart) -> None:
    kinds = {one["kind"] for one in chart.rendered("everything")}

    assert kinds == {
        *("ConfigMap", "CronJob", "Deployment", "NetworkPolicy"),
        *("PodDisruptionBudget", "PrometheusRule", "ScaledObject", "Secret"),
        *("Service", "ServiceMonitor"),
    }


def test_a_monitor_selects_a_service_and_a_port_of_it(chart: Chart) -> None:
    manifests = chart.rendered("everything")
    monitors = [one for one in manifests if one["kind"] == "ServiceMonitor"]

    assert len(monitors) == 2
    for one in monitors:
        service = named(manifests, "Service", one["metadata"]["name"])
        wanted = one["spec"]["selector"]["matchLabels"].items()
        assert wanted <= service["metadata"]["labels"].items()
        [port] = service["spec"]["ports"]
        assert [each["port"] for each in one["spec"]["endpoints"]] == [port["name"]]


def _template(manifest: Manifest) -> Manifest | None:
    spec = manifest.get("spec", {})
    job = spec.get("jobTemplate", {}).get("spec", {})
    found: Manifest | None = spec.get("template") or job.get("template")
    return found
