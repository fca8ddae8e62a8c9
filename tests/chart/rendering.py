"""The chart, rendered by helm as a cluster would get it."""

import os
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.deploy.files import ROOT

CHART = ROOT / "deploy" / "chart"
VALUES = Path(__file__).with_name("values")
#: Each set of values that is tried, by its name.
SETS = tuple(sorted(path.stem for path in VALUES.glob("*.yaml")))
#: What the chart's name of a release called so becomes.
RELEASE, NAMESPACE = "shop", "orders"

Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """The chart, with the helm that renders it."""

    helm: str

    def rendered(self, values: str, *options: str) -> list[Manifest]:
        """Every object that a set of values makes."""
        return deepcopy(_read(_text(self, values, options)))

    def refusal(self, values: str, *options: str) -> str:
        """Why a set of values is refused."""
        file = VALUES / f"{values}.yaml"
        ran = self.ran("template", RELEASE, CHART, "--values", file, *options)
        assert ran.returncode != 0, ran.stdout
        return ran.stderr

    def ran(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """What helm did; it knows no cluster and keeps nothing in the home folder."""
        return subprocess.run(
            [self.helm, *map(str, arguments), "--namespace", NAMESPACE],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},
        )


@cache
def _text(chart: Chart, values: str, options: tuple[str, ...]) -> str:
    file = VALUES / f"{values}.yaml"
    ran = chart.ran("template", RELEASE, CHART, "--values", file, *options)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@cache
def _read(text: str) -> list[Manifest]:
    documents = YAML(typ="safe").load_all(text)
    return [document for document in documents if document is not None]


def named(manifests: list[Manifest], kind: str, name: str) -> Manifest:
    """The one object of a kind and name."""
    [found] = [
        one
        for one in manifests
        if one["kind"] == kind and one["metadata"]["name"] == name
    ]
    return found


def pods(manifests: list[Manifest]) -> Iterator[tuple[str, Manifest]]:
    """The spec of every pod, with the name of what makes it."""
    for one in manifests:
        spec = one.get("spec", {})
        job = spec.get("jobTemplate", {}).get("spec", {})
        template = spec.get("template") or job.get("template")
        if template:
            yield one["metadata"]["name"], template["spec"]


def containers(manifests: list[Manifest]) -> dict[str, Manifest]:
    """The container of every pod, by the name of what makes it."""
    found = {}
    for name, spec in pods(manifests):
        [found[name]] = spec["containers"]
    return found
