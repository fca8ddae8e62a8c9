"""Transition of one line between two answers, as a value."""

from dataclasses import dataclass

from serializers.line_record import facts_text
from serializers.order_record import Line


@dataclass(frozen=True, slots=True)
class Growth:
    """Quantity that has reached a stage, and was seen in it.

    Attributes:
        code: of the stage.
        before, after: how much had reached it; "0" for nothing, "?" if unknown.
    """

    code: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Transition:
    """One line's change.

    Attributes:
        before: the line as it was, None for one not seen before.
        line: the line as it is.
        growths: the least advanced stage first. What was never seen in a stage, since
            it was in a later one when it was first seen, is none.
    """

    before: Line | None
    line: Line
    growths: tuple[Growth, ...] = ()

    @property
    def is_progress(self) -> bool:
        """Whether quantity has moved, and not only facts have come."""
        return self.before is None or self.was != self.becomes

    @property
    def was(self) -> str:
        """The distribution before, "" for a line not seen before."""
        return "" if self.before is None else _shown(self.before, self.line)

    @property
    def becomes(self) -> str:
        return _shown(self.line, self.before)

    @property
    def has_facts(self) -> bool:
        """Whether anything about shipments or invoices has come."""
        known = self.before
        if known is None:
            return False
        same = known.shipments == self.line.shipments
        return not same or known.invoices != self.line.invoices

    @property
    def facts(self) -> str:
        return facts_text(self.line)


def _shown(line: Line, other: Line | None) -> str:
    """The distribution, with the quantity where that alone distinguishes the two."""
    shown = line.distribution
    if other is None or shown != other.distribution:
        return shown
    apart = line.ordered and other.ordered and line.ordered != other.ordered
    return f"{shown} {line.ordered}" if apart else shown
