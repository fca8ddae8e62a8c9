"""Generator of the chart's table of values, and of the settings its schema knows."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, SecretStr
from ruamel.yaml import YAML

from tools.docs.page import renewed
from workers.fields.names import Variable, variables
from workers.settings.settings import Settings

CHART = Path("deploy/chart")
PAGE, SCHEMA, VALUES = (
    CHART / name for name in ("README.md", "values.schema.json", "values.yaml")
)
#: What the chart sets by itself, since its ports and probes depend on it.
FIXED = frozenset({"WAYBILL_HEALTH_HOST", "WAYBILL_HEALTH_PORT"})
#: Digests of tokens and hashes of passwords: no secrets, and kept like them.
WITH_DIGESTS = frozenset({"WAYBILL_HTTP__TOKENS", "WAYBILL_HTTP__USERS"})
_HEAD = "| value | default | meaning |\n|---|---|---|\n"


def schema(text: str) -> str:
    """Write the schema of values with the names of today's settings."""
    document = json.loads(text)
    known = [one for one in variables(Settings) if one.name not in FIXED]
    document["definitions"]["setting"]["enum"] = [one.name for one in known]
    plain = [one.name for one in known if not is_secret(one)]
    document["definitions"]["plain"]["enum"] = plain
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def is_secret(variable: Variable) -> bool:
    """Return whether a setting holds a secret; an address counts, by its password."""
    field = variable.field
    return (
        not field.repr
        or variable.name in WITH_DIGESTS
        or holds_secret(field.annotation)
    )


def holds_secret(annotation: Any) -> bool:
    """Return whether a type is a secret, or has one at any depth."""
    if isinstance(annotation, type) and issubclass(annotation, SecretStr):
        return True
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.values()
        return any(holds_secret(field.annotation) for field in fields)
    return any(holds_secret(inner) for inner in get_args(annotation))


def table(schema_text: str, values_text: str) -> str:
    """Write the Markdown table: each value, its default and what it does."""
    values = YAML(typ="safe").load(values_text)
    return _HEAD + "".join(_rows(json.loads(schema_text), values, ()))


def main(root: Path = Path()) -> None:
    """Rewrite schema and page in the checkout where this is run."""
    written = schema((root / SCHEMA).read_text("utf-8"))
    (root / SCHEMA).write_text(written, "utf-8")
    rows = table(written, (root / VALUES).read_text("utf-8"))
    page = (root / PAGE).read_text("utf-8")
    (root / PAGE).write_text(renewed(page, "values", rows), "utf-8")


def _rows(
    node: Mapping[str, Any], given: Mapping[str, Any], above: tuple[str, ...]
) -> Iterator[str]:
    for name, part in node["properties"].items():
        path = (*above, name)
        if "description" in part:
            meaning = part["description"].replace("|", "\\|")
            yield f"| `{'.'.join(path)}` | {_shown(given[name])} | {meaning} |\n"
        elif "properties" in part:
            yield from _rows(part, given[name], path)


def _shown(value: Any) -> str:
    if value in ("", [], {}):
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    return f"`{text}`"


if __name__ == "__main__":
    main()
