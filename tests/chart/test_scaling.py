"""Workers scale by ages that are exported, of work that more workers would do."""

import re
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped] # it has no types

from tests.chart.rendering import Chart, Manifest, named
from tests.deploy import signals
from workers.dispatch.queues import QUEUES
from workers.partners.ingram.spec import INGRAM
from workers.telemetry.metrics import OTHERS


def scaled(manifests: list[Manifest]) -> dict[str, Manifest]:
    return {
        one["spec"]["scaleTargetRef"]["name"]: one["spec"]
        for one in manifests
        if one["kind"] == "ScaledObject"
    }


def queries(spec: Manifest) -> list[str]:
    return [trigger["metadata"]["query"] for trigger in spec["triggers"]]


def test_what_is_asked_for_is_exported(chart: Chart) -> None:
    known = signals.exported()
    for values in ("everything", "per_queue"):
        for spec in scaled(chart.rendered(values)).values():
            for query in queries(spec):
                # Labels that a ServiceMonitor adds.
                bare = re.sub(r'namespace="orders",', "", query)
                assert signals.strange(bare, known) == set()
                assert "events_unread" not in query, "an age, and no length"


def test_all_queues_scale_by_both_ages(chart: Chart) -> None:
    [spec] = scaled(chart.rendered("everything")).values()

    due, unread = queries(spec)
    own = 'namespace="orders",job="shop-waybill-worker"'
    assert due == (
        f"max(waybill_oldest_due_seconds{{{own}}} unless on (destination)"
        f" (waybill_gate_closed_seconds{{{own}}} > 0"
        f" or waybill_destination_disabled{{{own}}} > 0))"
    )
    assert unread == f"max(waybill_oldest_unread_seconds{{{own}}})"


def test_each_queue_scales_by_its_own(chart: Chart) -> None:
    found = scaled(chart.rendered("per_queue"))

    assert set(found) == {f"orders-worker-{queue}" for queue in QUEUES}
    for queue in QUEUES:
        [query] = queries(found[f"orders-worker-{queue}"])
        if queue == "orders":
            assert "oldest_unread" in query
        else:
            [names] = re.findall(r'destination=~"([^"]*)"', query)
            assert re.fullmatch(names, queue)
            assert re.fullmatch(names, f"{queue}/some-name")
            assert not re.fullmatch(names, f"{queue}x")


def test_what_has_no_name_of_its_own_scales_too(chart: Chart) -> None:
    [query] = queries(scaled(chart.rendered("per_queue"))["orders-worker-ingram"])

    [names] = re.findall(r'destination=~"([^"]*)"', query)
    assert re.fullmatch(names, OTHERS)
    assert OTHERS.startswith(INGRAM.name)


def test_there_is_always_a_worker_that_has_the_figures(chart: Chart) -> None:
    for values in ("everything", "per_queue"):
        manifests = chart.rendered(values)
        for name, spec in scaled(manifests).items():
            least, most = spec["minReplicaCount"], spec["maxReplicaCount"]
            assert 1 <= least <= spec["fallback"]["replicas"] <= most
            # KEDA has the count: a deployment's own would undo it at each upgrade.
            assert "replicas" not in named(manifests, "Deployment", name)["spec"]


def test_a_trigger_is_prometheus_own(chart: Chart) -> None:
    """What KEDA's schema leaves open: the parameters of this one kind of trigger."""
    [spec] = scaled(chart.rendered("everything")).values()

    trigger: dict[str, Any]
    for trigger in spec["triggers"]:
        assert trigger["type"] == "prometheus"
        assert set(trigger["metadata"]) == {"serverAddress", "query", "threshold"}
        assert all(isinstance(one, str) for one in trigger["metadata"].values())
        # An absolute count, which a fallback needs; `Value` would multiply.
        assert trigger["metricType"] == "AverageValue"
        assert trigger["authenticationRef"] == {"name": "prometheus"}


def test_how_pods_are_taken_away_is_as_kubernetes_has_it(chart: Chart) -> None:
    [spec] = scaled(chart.rendered("everything")).values()
    behavior = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]

    scaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "shop"},
        "spec": {
            "scaleTargetRef": {"kind": "Deployment", "name": "shop"},
            "maxReplicas": 1,
            "behavior": behavior,
        },
    }
    kubernetes_validate.validate(scaler, "1.37", strict=True)
    assert behavior["scaleDown"] == {"stabilizationWindowSeconds": 300}


def test_without_scaling_the_deployment_has_its_count(chart: Chart) -> None:
    manifests = chart.rendered("defaults")

    deployment = named(manifests, "Deployment", "shop-waybill-worker")
    assert deployment["spec"]["replicas"] == 2
    assert scaled(manifests) == {}
