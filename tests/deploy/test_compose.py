"""The compose file starts what exists, hardened, and with settings that load."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from flower.options import (  # type: ignore[import-untyped] # flower has no types
    options as flower_options,
)

from sandbox import settings as sandbox
from tests.deploy.files import COMPOSE, ROOT, compose, interpolated, services
from workers.fields.names import variables
from workers.partners.deck.settings import Deck
from workers.partners.ingram.settings import Ingram
from workers.partners.westcon.settings import Westcon
from workers.settings.settings import Settings

OURS = sorted(name for name in services() if name != "redis")
WORKERS = ("worker", "worker-demo")


def seconds(text: str) -> float:
    return float(text.removesuffix("s"))


def demo() -> Settings:
    given = services()["worker-demo"]["environment"]
    return Settings.load(
        {k: interpolated(v, REDIS_PASSWORD="pass") for k, v in given.items()}
    )


def test_the_file_is_what_compose_specifies() -> None:
    check = Path(sys.executable).with_name("check-jsonschema")

    run = subprocess.run(
        [check, "--builtin-schema", "vendor.compose-spec", COMPOSE],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr


def test_every_setting_that_a_service_is_given_exists() -> None:
    known = {variable.name for variable in variables(Settings)}

    given = {name for s in services().values() for name in s.get("environment", {})}

    unknown = {name for name in given if name.startswith("WAYBILL_")} - known
    assert unknown == set()


def test_the_demos_settings_are_complete_and_fit_the_stand_ins() -> None:
    settings = demo()

    assert settings.of(Westcon).client_id == sandbox.WESTCON_CLIENT_ID
    assert [
        secret.get_secret_value()
        for secret in (
            settings.of(Westcon).client_secret,
            settings.of(Westcon).subscription_key,
            settings.of(Westcon).partner_key,
            settings.of(Deck).api_key,
            settings.of(Ingram).client_secret,
        )
    ] == [
        sandbox.WESTCON_CLIENT_SECRET,
        sandbox.WESTCON_SUBSCRIPTION_KEY,
        sandbox.WESTCON_PARTNER_KEY,
        sandbox.DECK_API_KEY,
        sandbox.INGRAM_CLIENT_SECRET,
    ]
    assert settings.of(Deck).site_code == sandbox.DECK_SITE_CODE
    assert settings.of(Ingram).client_id == sandbox.INGRAM_CLIENT_ID
    assert {
        name: tuple(secret.value.get_secret_value() for secret in endpoint.secrets)
        for name, endpoint in settings.of(Ingram).endpoints.items()
    } == sandbox.RECEIVER_SECRETS


def test_the_demo_keeps_its_orders_apart_from_real_ones() -> None:
    urls = {services()[name]["environment"]["WAYBILL_REDIS_URL"] for name in WORKERS}

    assert len(urls) == 2


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_has_time_to_finish_its_calls(name: str) -> None:
    grace = seconds(services()[name]["stop_grace_period"])

    assert grace >= Settings.model_fields["deadline"].default + 15


@pytest.mark.parametrize("name", WORKERS)
def test_workers_scale(name: str) -> None:
    service = services()[name]

    assert "container_name" not in service
    assert "ports" not in service


@pytest.mark.parametrize("name", sorted(services()))
def test_every_service_is_hardened_and_watched(name: str) -> None:
    service = services()[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"]
    assert service["healthcheck"]["test"][0] == "CMD"
    # Whoever waits for its health waits no longer than its start takes.
    assert service["healthcheck"]["start_interval"] == "1s"


@pytest.mark.parametrize("name", sorted(services()))
def test_no_service_fills_the_machine(name: str) -> None:
    service = services()[name]
    logs = service["logging"]["options"]

    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert re.fullmatch(r"\d+m", logs["max-size"])
    assert 1 < int(logs["max-file"]) < 10


def test_redis_has_memory_for_a_rewrite_of_its_file() -> None:
    config = (ROOT / "deploy" / "redis.conf").read_text("utf-8")
    most = re.search(r"^maxmemory (\d+)mb$", config, re.MULTILINE)

    assert most
    assert services()["redis"]["mem_limit"] == f"{2 * int(most[1]) // 1024}g"


def test_a_stack_builds_the_image_once() -> None:
    built = {name for name, service in services().items() if "build" in service}
    images = {services()[name]["image"] for name in OURS}

    assert built == {"worker", "sandbox"}
    assert len(images) == 1


def test_nothing_is_published_past_this_machine_and_redis_not_at_all() -> None:
    published = {name: s["ports"] for name, s in services().items() if "ports" in s}

    assert set(published) == {"flower", "flower-demo", "sandbox", "serve"}
    for ports in published.values():
        assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_door_and_the_stand_ins_start_only_when_asked_for() -> None:
    asked = {name for name, service in services().items() if "profiles" in service}

    assert asked == {"sandbox", "worker-demo", "flower-demo", "serve"}


def test_passwords_are_demanded_and_have_no_default() -> None:
    text = COMPOSE.read_text("utf-8")

    for name in ("REDIS_PASSWORD", "FLOWER_BASIC_AUTH"):
        uses = text.count("${" + name)
        assert uses > 0
        assert uses == text.count("${" + name + ":?")


def test_flower_is_started_with_options_it_has_and_read_only() -> None:
    known = flower_options.as_dict()
    for name in ("flower", "flower-demo"):
        command, *given = services()[name]["command"]
        names = [option.removeprefix("--").partition("=")[0] for option in given]

        assert command == "flower"
        assert set(names) <= set(known)
        assert "read_only" in names
        assert "FLOWER_BASIC_AUTH" in services()[name]["environment"]


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_is_started_with_options_that_celery_has(name: str) -> None:
    command, *given = services()[name]["command"]
    run = subprocess.run(
        [sys.executable, "-m", "celery", command, "--help"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert [option for option in given if option.startswith("--")]
    assert all(o in run.stdout for o in given if o.startswith("--"))


def test_the_sandbox_is_started_with_options_it_has() -> None:
    service = services()["sandbox"]
    assert service["entrypoint"] == ["python", "-m", "sandbox"]

    run = subprocess.run(
        [sys.executable, "-m", "sandbox", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )

    assert all(o in run.stdout for o in service["command"] if o.startswith("--"))


def test_what_the_image_runs_can_be_imported() -> None:
    assert find_spec("workers")
    assert find_spec("sandbox.__main__")


@pytest.mark.parametrize("name", OURS)
def test_a_health_check_asks_the_port_that_is_listened_on(name: str) -> None:
    service = services()[name]

    *_, script, port, path = service["healthcheck"]["test"]

    assert script == "/opt/waybill/healthcheck.py"
    assert path.startswith("/")
    assert port in _listening(service)


def _listening(service: dict[str, Any]) -> str:
    """A service's port: by its command, else the worker's setting."""
    if service["command"][0] == "worker":
        return str(service["environment"]["WAYBILL_HEALTH_PORT"])
    return " ".join(service["command"])


def test_named_volumes_and_mounted_files_exist() -> None:
    mounts = [mount for s in services().values() for mount in s.get("volumes", ())]

    for mount in mounts:
        source = mount.split(":")[0]
        exists = (ROOT / source).is_file()
        assert exists if source.startswith(".") else source in compose()["volumes"]
