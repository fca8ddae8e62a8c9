"""Rows as a Markdown table that also reads well on a terminal."""

from collections.abc import Sequence


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column to the left, all others to the right."""
    columns = list(zip(heads, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    rule = [":" + "-" * (widths[0] - 1)]
    rule += ["-" * (width - 1) + ":" for width in widths[1:]]
    body = [_aligned(row, widths) for row in rows]
    return "\n".join([_aligned(heads, widths), _joined(rule), *body])


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    numbers = [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]
    return _joined([cells[0].ljust(widths[0]), *numbers[1:]])


def _joined(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
