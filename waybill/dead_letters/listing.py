"""Dead letters as lines of a terminal: groups of one cause, and single letters."""

import shlex
from collections.abc import Iterator, Sequence
from typing import Final

import click
from rich.console import Console
from rich.text import Text

from waybill.console import moment, plain
from workers.ledger.dead_letters import DeadLetter
from workers.ledger.letters.groups import LetterGroup

#: Columns of a line; ids stay whole, so that they can be copied.
WIDTH: Final = 80
#: Lines of a reason.
REASON_LINES: Final = 3
#: Groups and letters that are printed unless more are asked for.
GROUPS: Final = 20
LETTERS: Final = 50

_INDENT: Final = "    "
_NONE: Final = "There are no such dead letters."


def print_groups(groups: Sequence[LetterGroup], most: int) -> None:
    """The first so many, and how many there are in all."""
    for group in groups[:most]:
        for line in group_lines(group):
            click.echo(line)
        click.echo("")
    if not groups:
        click.echo(_NONE)
        return
    letters = sum(group.count for group in groups)
    click.echo(
        f"{_counted(letters, 'dead letter')} in {_counted(len(groups), 'group')}"
    )
    if len(groups) > most:
        click.echo(f"{len(groups) - most} more: --limit {len(groups)}")


def group_lines(group: LetterGroup) -> Iterator[str]:
    """A group: how many of what, why, since when, an example, how to go on."""
    where = f" to {plain(group.destination)}" if group.destination else ""
    title = f"{_counted(group.count, group.kind)}{where}"
    yield f"{title}{group.fingerprint:>{max(14, WIDTH - len(title))}}"
    yield from _wrapped(group.reason or group.cause)
    yield f"{_INDENT}oldest {moment(group.oldest_ms)}, newest {moment(group.newest_ms)}"
    yield f"{_INDENT}waybill dead-letters show {shlex.quote(plain(group.example))}"
    yield f"{_INDENT}waybill dead-letters list --fingerprint {group.fingerprint}"


def print_letters(letters: Sequence[DeadLetter], most: int) -> None:
    """The first so many, and whether there are more."""
    for letter in letters[:most]:
        for line in letter_lines(letter):
            click.echo(line)
    if not letters:
        click.echo(_NONE)
    if len(letters) > most:
        click.echo("")
        click.echo(f"There are more: --limit {10 * most}, or --json for all.")


def letter_lines(letter: DeadLetter) -> Iterator[str]:
    """A letter: its id, of what, when, why."""
    order = f"{letter.order or ''}{' (an earlier one)' * letter.earlier}"
    attempts = _counted(letter.attempts, "attempt")
    facts = (order, letter.destination or "", attempts, moment(letter.at_ms))
    yield plain(letter.id)
    yield from _wrapped(" · ".join(filter(None, facts)))
    yield from _wrapped(letter.reason)


def _counted(count: int, what: str) -> str:
    many = {"watch": "watches"}.get(what, f"{what}s")
    return f"{count:,} {what if count == 1 else many}"


def _wrapped(words: str) -> Iterator[str]:
    """The beginning of a text, cut to lines by the room that its characters take."""
    room = WIDTH - len(_INDENT)
    console = Console(width=room, highlight=False, markup=False)
    # Nobody reads more of a text than fits, whatever its length.
    text = Text(plain(words[: room * REASON_LINES]))
    lines = [line.plain.rstrip() for line in text.wrap(console, room)]
    cut = len(lines) > REASON_LINES or len(words) > room * REASON_LINES
    for n, line in enumerate(lines[:REASON_LINES], 1):
        last = n == min(len(lines), REASON_LINES)
        yield f"{_INDENT}{line[: room - 4]} …" if cut and last else _INDENT + line
