"""Values that are wrong are refused before anything is deployed, by their names."""

import pytest

from tests.chart.rendering import Chart

DIGEST = "image.digest=sha256:12"


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("workers.replica=3", "replica"),
        ("worker.replicas=3", "worker"),
        ("workers.replicas=many", "/workers/replicas"),
        ("workers.minReplicas=0", "/workers/minReplicas"),
        ("workers.concurrency=0", "/workers/concurrency"),
        ("workers.queues.other.replicas=1", "other"),
        ("workers.queues.deck.replica=1", "replica"),
        ("settings.WAYBILL_LEESE=60", "WAYBILL_LEESE"),
        ("settings.WAYBILL_LEASE=60", "/settings/WAYBILL_LEASE"),
        ("settings.WAYBILL_HEALTH_PORT=1", "WAYBILL_HEALTH_PORT"),
        ("settings.WAYBILL_REDIS_URL=redis://r", "WAYBILL_REDIS_URL"),
        ("settings.WAYBILL_DECK__API_KEY=key", "WAYBILL_DECK__API_KEY"),
        ("settings.WAYBILL_INGRAM__ENDPOINTS=x", "WAYBILL_INGRAM__ENDPOINTS"),
        ("secrets.values.WAYBILL_REDIS=redis://r", "WAYBILL_REDIS"),
        ("secrets.values.WAYBILL_DECK__API_KEY=key", "WAYBILL_REDIS_URL"),
        ("image.pullPolicy=Sometimes", "/image/pullPolicy"),
        (DIGEST, "/image/digest"),
        ("flower.basicAuth=password", "/flower/basicAuth"),
        ("autoscaling.prometheus=prometheus:9090", "/autoscaling/prometheus"),
        ("networkPolicy.redisPorts={70000}", "/networkPolicy/redisPorts/0"),
        ("podDisruptionBudget.maxUnavailable=0", "/podDisruptionBudget"),
        ("pods.env[0].name=WAYBILL_LEASE", "/pods/env/0/name"),
        ("pods.volumes[0].name=tmp", "/pods/volumes/0/name"),
        ("serviceMonitor.interval=often", "/serviceMonitor/interval"),
    ],
)
def test_a_value_that_is_wrong_is_named(chart: Chart, value: str, named: str) -> None:
    reason = chart.refusal("defaults", "--set", value)

    assert "specifications of the schema" in reason
    assert named in reason


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--set", "secrets.existing="), "secrets: set existing to a Secret"),
        (
            ("--set", "secrets.values.WAYBILL_REDIS_URL=redis://r"),
            "secrets: existing and values are both set",
        ),
        (
            ("--set-string", "settings.WAYBILL_DEADLINE=26"),
            "workers.stopSeconds must be WAYBILL_DEADLINE (26) and 15 more",
        ),
        (("--set", "workers.minReplicas=9"), "minReplicas 9 is more than"),
        (("--set", "flower.enabled=true"), "flower: set basicAuth"),
        (("--set", "reconcile.enabled=true"), "reconcile: set books"),
        (("--set", "autoscaling.enabled=true"), "autoscaling: set prometheus"),
    ],
)
def test_values_that_do_not_go_together_are_refused(
    chart: Chart, options: tuple[str, ...], reason: str
) -> None:
    assert reason in chart.refusal("defaults", *options)


def test_a_deadline_that_just_fits_is_taken(chart: Chart) -> None:
    assert chart.rendered("defaults", "--set-string", "settings.WAYBILL_DEADLINE=25")
