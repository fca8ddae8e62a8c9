"""Generator of the results' JSON Schema, from the shape of their data."""

import json
from pathlib import Path

from serializers.results.schema import schema

PAGE = Path("docs/results.schema.json")


def schema_text() -> str:
    """The whole page."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def main(page: Path = PAGE) -> None:
    """Rewrite the page in the checkout where this is run."""
    page.write_text(schema_text(), "utf-8")


if __name__ == "__main__":
    main()
