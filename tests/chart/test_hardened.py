"""Pods have no right that they do not need, and no secret that is not theirs."""

import pytest

from tests.chart.rendering import SETS, Chart, containers, named, pods

SENTINELS = ("WAYBILL_SENTINEL_USER", "WAYBILL_SENTINEL_PASSWORD")

every_set = pytest.mark.parametrize("values", SETS)


@every_set
def test_a_pod_is_what_restricted_pod_security_asks_for(
    chart: Chart, values: str
) -> None:
    for _, spec in pods(chart.rendered(values)):
        rights = spec["securityContext"]
        assert rights["runAsNonRoot"] is True
        assert rights["runAsUser"] == 10001
        assert rights["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        assert spec["enableServiceLinks"] is False
        for name in ("hostNetwork", "hostPID", "hostIPC"):
            assert name not in spec
        [container] = spec["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


@every_set
def test_secrets_are_files_and_stand_in_no_environment(
    chart: Chart, values: str
) -> None:
    manifests = chart.rendered(values)

    for container in containers(manifests).values():
        assert "envFrom" not in container
        assert not [one for one in container["env"] if "valueFrom" in one]
        env = {one["name"]: one["value"] for one in container["env"]}
        mounts = {one["name"]: one for one in container["volumeMounts"]}
        assert env["WAYBILL_SECRETS_DIR"] == mounts["secrets"]["mountPath"]
        for name in {"secrets", "basic-auth", "tls"} & set(mounts):
            assert mounts[name]["readOnly"] is True
    for _, spec in pods(manifests):
        secrets = [one["secret"] for one in spec["volumes"] if "secret" in one]
        # Of the group that the process has, and of nobody else.
        assert {one["defaultMode"] for one in secrets} == {0o440}
        assert spec["securityContext"]["fsGroup"] == 10001


def test_the_door_and_flower_see_their_own_secrets_alone(chart: Chart) -> None:
    specs = dict(pods(chart.rendered("everything")))

    def keys(name: str) -> list[str]:
        [volume] = [one for one in specs[name]["volumes"] if one["name"] == "secrets"]
        return [one["key"] for one in volume["secret"].get("items", ())]

    assert keys("shop-waybill-worker") == []
    assert keys("shop-waybill-serve") == [
        "WAYBILL_REDIS_URL",
        *SENTINELS,
        *("WAYBILL_BROKER_URL", "WAYBILL_AUDIT_KEY"),
        *("WAYBILL_HTTP__TOKENS", "WAYBILL_HTTP__USERS"),
    ]
    assert keys("shop-waybill-flower") == [
        "WAYBILL_REDIS_URL",
        *SENTINELS,
        "WAYBILL_BROKER_URL",
    ]


def test_each_may_have_a_secret_of_its_own(chart: Chart) -> None:
    specs = dict(pods(chart.rendered("external")))

    names = {
        name: {
            one["secret"]["secretName"] for one in spec["volumes"] if "secret" in one
        }
        for name, spec in specs.items()
    }
    assert names == {
        "shop-waybill-worker": {"waybill-secrets"},
        "shop-waybill-serve": {"door-secrets"},
        "shop-waybill-flower": {"flower-redis", "flower-password"},
    }


def test_a_secret_is_written_to_the_letter(chart: Chart) -> None:
    secret = named(chart.rendered("everything"), "Secret", "shop-waybill")

    key = secret["stringData"]["WAYBILL_DECK__API_KEY"]
    assert key == 'a "quoted" key with {{ braces }} and $'


def test_a_changed_secret_of_the_chart_replaces_its_pods(chart: Chart) -> None:
    def marks(*options: str) -> set[str]:
        manifests = chart.rendered("everything", *options)
        worker = named(manifests, "Deployment", "shop-waybill-worker")
        annotations = worker["spec"]["template"]["metadata"]["annotations"]
        return {annotations["waybill/configuration"]}

    changed = marks("--set", "secrets.values.WAYBILL_DECK__API_KEY=other")

    assert marks() == marks()
    assert marks() != changed
    assert marks() != marks("--set-string", "toml=lease = 60")


def test_nobody_reaches_what_no_value_names(chart: Chart) -> None:
    manifests = chart.rendered("external")
    flower = named(manifests, "NetworkPolicy", "shop-waybill-flower")
    worker = named(manifests, "NetworkPolicy", "shop-waybill-worker")
    serve = named(manifests, "NetworkPolicy", "shop-waybill-serve")

    assert flower["spec"]["ingress"] == []
    ports = {
        name: [port["port"] for rule in one["spec"]["egress"] for port in rule["ports"]]
        for name, one in {"worker": worker, "serve": serve, "flower": flower}.items()
    }
    # DNS and Redis are for all, partners for workers alone.
    assert ports == {
        "worker": [53, 53, 6379, 26379, 443],
        "serve": [53, 53, 6379, 26379],
        "flower": [53, 53, 6379, 26379],
    }


@every_set
def test_every_pod_has_its_policy(chart: Chart, values: str) -> None:
    manifests = chart.rendered(values)
    policies = {
        one["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
        for one in manifests
        if one["kind"] == "NetworkPolicy"
    }

    kinds = {one["name"] for one in containers(manifests).values()}
    assert policies == (set() if values == "minimal" else kinds)
