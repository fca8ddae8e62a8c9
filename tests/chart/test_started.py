"""What the chart starts does start, with the environment and the files it is given."""

import http.client
import json
import re
import sys
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.chart.rendering import Chart, Manifest, containers, named, pods
from tests.deploy.files import instructions
from tests.processes.child import Child
from tests.processes.site import Site, running_site
from tests.processes.test_flower import USER, WORKERS, asked
from tests.processes.waiting import until
from tests.redis_servers import free_port
from tools.docs.chart_page import is_secret
from workers.fields.names import variables
from workers.settings.settings import Settings

TOKENS = '{"erp": {"sha256": "%s", "rights": ["publish"]}}' % ("0" * 64)


#: What the image runs where a container names no command.
ENTRY_POINT: tuple[str, ...] = tuple(json.loads(instructions("ENTRYPOINT")[0]))


def installed(program: str) -> str:
    """A program of the image, as this environment has it."""
    return str(Path(sys.executable).with_name(program))


class Pod:
    """A pod's one container, on this machine: its volumes become folders.

    Args:
        site: whose folder and Redis are used.
        manifests: all that was rendered.
        secrets: the content of each Secret that is not rendered, by its name.
    """

    def __init__(
        self, site: Site, manifests: list[Manifest], secrets: dict[str, dict[str, str]]
    ) -> None:
        self._site = site
        self._manifests = manifests
        self._secrets = secrets

    def started(self, name: str, **other: str) -> Child:
        """Start a container; `other` has what replaces texts of it, such as ports."""
        spec = dict(pods(self._manifests))[name]
        [container] = spec["containers"]
        folders = {one["name"]: self._volume(name, one) for one in spec["volumes"]}
        places = {
            one["mountPath"]: str(folders[one["name"]])
            for one in container["volumeMounts"]
        }

        others = {text.removeprefix("_"): one for text, one in other.items()}
        # At once: a folder's own name may have another place in it.
        pattern = re.compile("|".join(map(re.escape, {**places, **others})))

        def here(text: str) -> str:
            return pattern.sub(lambda found: (places | others)[found[0]], text)

        env = {one["name"]: here(one["value"]) for one in container["env"]}
        program, *rest = container.get("command") or ENTRY_POINT
        command = (installed(program), *rest, *map(here, container["args"]))
        return self._site.child(name, *command, **env)

    def _volume(self, pod: str, volume: Manifest) -> Path:
        """A volume's folder, linked as a kubelet links what may change under a pod."""
        folder = self._site.folder / pod / str(volume["name"])
        (folder / "..2026_11_27").mkdir(parents=True)
        (folder / "..data").symlink_to("..2026_11_27")
        source = volume.get("secret") or volume.get("configMap") or {}
        files = self._content(volume)
        for key in [one["key"] for one in source.get("items", ())] or list(files):
            if key in files or not source.get("optional"):
                (folder / "..data" / key).write_text(self._there(files[key], pod))
                (folder / key).symlink_to(f"..data/{key}")
        return folder

    def _content(self, volume: Manifest) -> dict[str, str]:
        if secret := volume.get("secret"):
            return self._secrets[secret["secretName"]]
        if config := volume.get("configMap"):
            name = config["name"]
            found: dict[str, str] = named(self._manifests, "ConfigMap", name)["data"]
            return found
        return {}

    def _there(self, text: str, pod: str) -> str:
        """Flower's configuration names a file of a volume beside it."""
        place = str(self._site.folder / pod / "basic-auth")
        return text.replace("/run/secrets/flower", place)


@pytest.fixture
def deployed(
    chart: Chart,
) -> Callable[[Site, str], Pod]:
    """Render what a site's settings make of the chart, with the door and Flower."""

    def render(site: Site, port: str) -> Pod:
        known = {one.name: one for one in variables(Settings)}
        secret = {n: t for n, t in site.settings.items() if is_secret(known[n])}
        plain = {n: t for n, t in site.settings.items() if n not in secret}
        manifests = chart.rendered(
            *("defaults", "--set-json", f"settings={json.dumps(plain)}"),
            *("--set", f"serve.enabled=true,serve.port={port},flower.enabled=true"),
            *("--set", "flower.existingSecret=password"),
            *("--set-string", "toml=log_level = 'debug'"),
        )
        secret |= {"WAYBILL_HTTP__TOKENS": TOKENS}
        secrets = {"waybill-secrets": secret, "password": {"basic-auth": f"{USER}\n"}}
        return Pod(site, manifests, secrets)

    return render


def status_of(port: str, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def is_well(port: str, path: str) -> bool:
    return status_of(port, path) == HTTPStatus.OK


@pytest.mark.processes
def test_each_is_well_by_its_own_probes(
    tmp_path: Path, deployed: Callable[[Site, str], Pod]
) -> None:
    health, door, flower = (str(free_port()) for _ in range(3))
    with running_site(tmp_path) as site:
        pod = deployed(site, door)

        pod.started("shop-waybill-worker", _9808=health)
        pod.started("shop-waybill-serve")
        pod.started("shop-waybill-flower", _5555=flower)

        for port, path in (
            (health, "/ready"),
            (door, "/ready"),
            (flower, "/healthcheck"),
        ):
            until(path, partial(is_well, port, path))
        assert is_well(health, "/live")
        assert is_well(door, "/live")
        until(
            "it shows the worker", lambda: "celery@" in str(asked(int(flower), WORKERS))
        )
        # The password comes from the file.
        assert status_of(flower, "/api/tasks") == HTTPStatus.UNAUTHORIZED


def test_a_reconciliation_is_given_options_that_it_has(
    tmp_path: Path, chart: Chart
) -> None:
    found = containers(chart.rendered("everything"))["shop-waybill-reconcile"]
    given = [one for one in found["args"] if one.startswith("--")]

    program, *rest = found["command"]
    child = Child((installed(program), *rest, "--help"), tmp_path / "log", {})

    assert child.exit_code() == 0
    assert [one for one in given if f"{one} " not in child.output()] == []
    assert {"name": "books", "mountPath": "/books"} in found["volumeMounts"]
