"""Generator of the table of settings, from the code."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from tools.docs.page import renewed
from workers.fields.names import CONFIG, SECRETS_DIR, Variable, variables
from workers.settings.settings import Settings

PAGE = Path("docs/settings.md")
_HEAD = "| variable | default | meaning |\n|---|---|---|\n"
_SOURCES = (
    f"| `{CONFIG}` | | A TOML file with the same settings: `lease = 60`,"
    " `[westcon]`, `[ingram.endpoints.acme]` |\n"
    f"| `{SECRETS_DIR}` | | A directory with one file per setting, named like its"
    " variable in either case |\n"
)


def table() -> str:
    """Write the Markdown table: variable, default, meaning."""
    return _HEAD + _SOURCES + "".join(map(_row, variables(Settings)))


def with_table(page: str) -> str:
    """Put the table between the page's markers; raises ValueError without them."""
    return renewed(page, "settings", table())


def main(page: Path = PAGE) -> None:
    """Rewrite the page in the checkout where this is run."""
    page.write_text(with_table(page.read_text("utf-8")), "utf-8")
    sys.stdout.write(f"{page}: {table().count(chr(10)) - 2} settings\n")


def _row(variable: Variable) -> str:
    meaning = (variable.field.description or "").replace("|", "\\|")
    suffix = "; as JSON" if variable.is_json else ""
    return f"| `{variable.name}` | {_default(variable)} | {meaning}{suffix} |\n"


def _default(variable: Variable) -> str:
    value = variable.field.default
    if value is PydanticUndefined or value is None or not _shown(value):
        return ""
    return f"`{_shown(value)}`"


def _shown(value: Any) -> str:
    match value:
        case SecretStr():
            return ""
        case bool():
            return str(value).lower()
        case float():
            return str(int(value)) if value.is_integer() else str(value)
        case tuple():
            return f"[{', '.join(map(_shown, value))}]" if value else ""
        case Mapping():
            return "{}" if value else ""
        case _:
            return str(value)


if __name__ == "__main__":
    main()
