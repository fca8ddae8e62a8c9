"""View of refused events: the first few, then their number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from serializers.events.problems import cause
from waybill.console import plain

#: So many refused events are reported problem by problem; all of them are counted.
SHOWN = 20

#: Causes that a summary names, and lines that it names of each.
CAUSES, LINES = 20, 5


@dataclass(slots=True)
class Summary:
    """Counts what was accepted and what was refused, by cause.

    Attributes:
        accepted: how many are in the stream.
        refused: how many are not.
        causes: the lines of those, by cause.
    """

    accepted: int = 0
    refused: int = 0
    causes: dict[str, list[int]] = field(default_factory=dict)

    def accept(self) -> None:
        self.accepted += 1

    def refuse(self, line: int, problems: Sequence[str]) -> Iterator[str]:
        """Count it; the lines to print now, none from some number on."""
        of_all = cause("; ".join(problems))
        self.causes.setdefault(of_all, []).append(line)
        self.refused += 1
        if self.refused <= SHOWN:
            yield from (f"line {line}: refused: {plain(one)}" for one in problems)
        elif self.refused == SHOWN + 1:
            yield f"line {line}: refused; this one and more are counted by cause below"

    @property
    def seen(self) -> int:
        return self.accepted + self.refused

    def lines(self) -> Iterator[str]:
        """The end of the report, where anything was refused."""
        if not self.refused:
            return
        yield f"{self.accepted} accepted, {self.refused} refused:"
        by_size = sorted(self.causes.items(), key=lambda one: -len(one[1]))
        for shared, lines in by_size[:CAUSES]:
            yield f"  {len(lines)}: {plain(shared)} ({_places(lines)})"
        rest = sum(len(lines) for _, lines in by_size[CAUSES:])
        if rest:
            yield f"  {rest}: {len(by_size) - CAUSES} other causes"


def _places(lines: Sequence[int]) -> str:
    first = ", ".join(map(str, lines[:LINES]))
    more = len(lines) - LINES
    return f"{'line' if len(lines) == 1 else 'lines'} {first}" + (
        f" and {more} more" if more > 0 else ""
    )
