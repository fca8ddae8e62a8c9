"""Alert rules and dashboards, and the metrics that they may ask for."""

import json
import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML

from tests.deploy.files import ROOT
from waybill.serve.metrics import DoorMetrics
from workers.telemetry.exposition import BUILD, BUILD_LABELS
from workers.telemetry.ledger_metrics import FAMILIES, REDIS_UP
from workers.telemetry.metrics import Metrics

PROMETHEUS = ROOT / "deploy" / "prometheus"
RULES, CASES = PROMETHEUS / "waybill.rules.yml", PROMETHEUS / "waybill.test.yml"
GRAFANA = ROOT / "deploy" / "grafana"
RUNBOOK = ROOT / "docs" / "runbook.md"

#: Labels that Prometheus adds, or that one of its functions needs.
ADDED = {"instance", "job", "le"}
#: What of an expression is no label and no name: texts between quotes.
_TEXT = re.compile(r'"[^"]*"')
_NAME = re.compile(r"\bwaybill_\w+")
_MATCHED = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
_VALUES = re.compile(r"label_values\((\w+), (\w+)\)")
_GROUPED = re.compile(r"\b(?:by|without|on)\s*\(([^)]*)\)")


def exported() -> dict[str, set[str]]:
    """The labels of every series that a page of ours may have, by its name."""
    found = {REDIS_UP: set[str](), BUILD: set(BUILD_LABELS)}
    found |= {family.name: set(family.labels) for family in FAMILIES}
    for metric in (*vars(Metrics()).values(), *vars(DoorMetrics()).values()):
        if hasattr(metric, "_type"):
            found |= {name: set(metric._labelnames) for name in _series(metric)}
    return found


def _series(metric: Any) -> list[str]:
    """The names of one metric of prometheus_client, which shows them only like this."""
    name, kind = metric._name, metric._type
    if kind == "histogram":
        return [f"{name}_{part}" for part in ("bucket", "sum", "count")]
    return [f"{name}_total" if kind == "counter" else name]


def strange(expression: str, known: dict[str, set[str]]) -> set[str]:
    """Names and labels of an expression that nobody exports."""
    bare = _TEXT.sub('""', expression)
    names = set(_NAME.findall(bare))
    labels = set().union(*(known.get(name, set()) for name in names), ADDED)
    grouped = {
        label.strip() for part in _GROUPED.findall(bare) for label in part.split(",")
    }
    used = (set(_MATCHED.findall(bare)) | grouped) - {""}
    return (names - set(known)) | (used - labels)


def alerts() -> list[dict[str, Any]]:
    """Every alert, as its rule has it."""
    rules = YAML(typ="safe").load(RULES.read_text("utf-8"))
    return [rule for group in rules["groups"] for rule in group["rules"]]


def cases() -> list[dict[str, Any]]:
    """The cases of promtool."""
    found: list[dict[str, Any]] = YAML(typ="safe").load(CASES.read_text("utf-8"))[
        "tests"
    ]
    return found


def queries() -> Iterator[tuple[str, str]]:
    """Each query of each dashboard, with where it stands."""
    for path in sorted(GRAFANA.glob("*.json")):
        board = json.loads(path.read_text("utf-8"))
        for panel in board["panels"]:
            for target in panel["targets"]:
                yield f"{path.name}: {panel['title']}", target["expr"]
        for variable in board["templating"]["list"]:
            if variable["type"] == "query":
                [(name, label)] = _VALUES.findall(variable["query"]["query"])
                yield f"{path.name}: ${variable['name']}", f'{name}{{{label}=""}}'
