"""Generator of the page of commands, from their help texts."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from waybill.main import main as waybill

PAGE = Path("docs/commands.md")
WIDTH = 80
_HEAD = """# The `waybill` command

What `waybill COMMAND --help` prints; made by `python -m tools.docs.commands_page`.
"""


def page() -> str:
    """Write the whole page."""
    return _HEAD + "".join(_sections(waybill, None, "waybill"))


def main(path: Path = PAGE) -> None:
    """Rewrite the page in the checkout where this is run."""
    path.write_text(page(), "utf-8")
    sys.stdout.write(f"{path}: {page().count('## ')} commands\n")


def _sections(
    command: click.Command, above: click.Context | None, name: str
) -> Iterator[str]:
    context = click.Context(
        command, above, name, terminal_width=WIDTH, max_content_width=WIDTH
    )
    text = command.get_help(context)
    yield f"\n## `{context.command_path}`\n\n```text\n{text}\n```\n"
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            if found is not None:
                yield from _sections(found, context, sub)


if __name__ == "__main__":
    main()
