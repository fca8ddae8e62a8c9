"""Generator of the table of metrics, from the code."""

from pathlib import Path
from typing import Any

from tools.docs.page import renewed
from waybill.serve.metrics import DoorMetrics
from workers.telemetry.exposition import BUILD, BUILD_LABELS, BUILD_MEANING
from workers.telemetry.family import Family
from workers.telemetry.ledger_metrics import FAMILIES, REDIS_UP, REDIS_UP_MEANING
from workers.telemetry.metrics import Metrics

PAGE = Path("docs/metrics.md")
_HEAD = "| metric | type | labels | meaning |\n|---|---|---|---|\n"


def table() -> str:
    """Write the Markdown table: metric, type, labels, meaning."""
    counted = [*vars(Metrics()).values(), *vars(DoorMetrics()).values()]
    own = [metric for metric in counted if hasattr(metric, "_type")]
    build = f"| `{BUILD}` | gauge | {', '.join(BUILD_LABELS)} | {BUILD_MEANING} |\n"
    up = f"| `{REDIS_UP}` | gauge |  | {REDIS_UP_MEANING} |\n"
    rows = [build, *map(_row, own), up, *map(_ledger_row, FAMILIES)]
    return _HEAD + "".join(rows)


def _row(metric: Any) -> str:
    # prometheus_client shows a metric's name and labels only like this.
    name, kind = metric._name, metric._type  # noqa: SLF001
    labels = ", ".join(metric._labelnames)  # noqa: SLF001
    suffix = "_total" if kind == "counter" else ""
    meaning = metric._documentation  # noqa: SLF001
    return f"| `{name}{suffix}` | {kind} | {labels} | {meaning} |\n"


def _ledger_row(family: Family) -> str:
    labels, meaning = (
        ", ".join(family.labels),
        f"{family.meaning}; read from the ledger",
    )
    return f"| `{family.name}` | {family.kind} | {labels} | {meaning} |\n"


def main(page: Path = PAGE) -> None:
    """Rewrite the page in the checkout where this is run."""
    page.write_text(renewed(page.read_text("utf-8"), "metrics", table()), "utf-8")


if __name__ == "__main__":
    main()
