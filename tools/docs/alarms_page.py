"""Generator of the table of alarms, from the rules for Prometheus."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tools.docs.page import renewed

PAGE, RULES = Path("docs/metrics.md"), Path("deploy/prometheus/waybill.rules.yml")
_HEAD = "| alert | severity | when |\n|---|---|---|\n"


def table() -> str:
    """Write the Markdown table: alert with its place in the runbook, severity, when."""
    rules = YAML(typ="safe").load(RULES.read_text("utf-8"))
    alerts = (rule for group in rules["groups"] for rule in group["rules"])
    return _HEAD + "".join(map(_row, alerts))


def _row(rule: dict[str, Any]) -> str:
    name, held = rule["alert"], rule.get("for")
    when = f"`{rule['expr']}`" + (f" for {held}" if held else "")
    link = f"[{name}](runbook.md#{name.lower()})"
    return f"| {link} | {rule['labels']['severity']} | {when} |\n"


def main(page: Path = PAGE) -> None:
    """Rewrite the page in the checkout where this is run."""
    page.write_text(renewed(page.read_text("utf-8"), "alarms", table()), "utf-8")


if __name__ == "__main__":
    main()
