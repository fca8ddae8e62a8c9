"""Transition of one line between two answers, as a value."""

from typing import NamedTuple

from serializers.line_record import facts_text
from serializers.order_record import Line


class Growth(NamedTuple):
    """Quantity that has reached a stage, and was seen in it.

    Attributes:
        code: of the stage.
        before, after: how much had reached it; "0" for nothing, "?" if unknown.
    """

    code: str
    before: str
    after: str


class Transition(NamedTuple):
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
        before, line = self.before, self.line
        if before is None or before.distribution != line.distribution:
            return True
        return bool(before.ordered and line.ordered and before.ordered != line.ordered)

    @property
    def shown(self) -> tuple[str, str]:
        """The distributions before and after, "" for a line not seen before.

        Each with the quantity where that alone distinguishes the two.
        """
        before, line = self.before, self.line
        becomes = line.distribution
        if before is None:
            return "", becomes
        was = before.distribution
        if was != becomes or not (before.ordered and line.ordered):
            return was, becomes
        if before.ordered == line.ordered:
            return was, becomes
        return f"{was} {before.ordered}", f"{becomes} {line.ordered}"

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
