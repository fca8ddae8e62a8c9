"""Generator of the event's JSON Schema, from what reads events."""

import json
from pathlib import Path

from serializers.events import decode

PAGE = Path("docs/event.schema.json")


def schema_text() -> str:
    """The whole page."""
    return json.dumps(decode.schema(), indent=2, ensure_ascii=False) + "\n"


def main(page: Path = PAGE) -> None:
    """Rewrite the page in the checkout where this is run."""
    page.write_text(schema_text(), "utf-8")


if __name__ == "__main__":
    main()
