"""The files that deploy Waybill, read as what they are."""

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
COMPOSE = ROOT / "compose.yaml"


def compose() -> dict[str, Any]:
    """The compose file with its anchors resolved."""
    document: dict[str, Any] = YAML(typ="safe").load(COMPOSE.read_text("utf-8"))
    return document


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def interpolated(text: str, **given: str) -> str:
    """Put values for `${NAME:?why}`, as compose does it."""
    return re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: given[found[1]], text)


def instructions(name: str) -> list[str]:
    """The Dockerfile's instructions of one kind, continuation lines joined."""
    text = DOCKERFILE.read_text("utf-8").replace("\\\n", " ")
    lines = (line.strip() for line in text.splitlines())
    return [
        line.removeprefix(f"{name} ") for line in lines if line.startswith(f"{name} ")
    ]
