"""Drawing of a line: its quantity by stage, as parts of a bar; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from serializers.order_record import Line, Portion

#: Colours that take turns where a line is in more stages than there are.
_LOOKS = ("s1", "s3", "s5", "s4")
_REACHED = "s2"


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of the bar, in hundredths of what is ordered."""

    look: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as the page shows it; no bars where a quantity is not known."""

    number: str
    part: str
    ordered: str
    parts: tuple[Portion, ...]
    bars: tuple[Bar, ...]
    shipped: str
    invoices: str


def line_view(line: Line) -> LineView:
    """What is shown of a line.

    What has reached a later stage is not counted again under the earlier ones.
    """
    parts = (*line.reached[-1:], *line.now)
    looks = [_REACHED] * bool(line.reached)
    looks += [_LOOKS[n % len(_LOOKS)] for n in range(len(line.now))]
    return LineView(
        number=f"{line.sub_order}/{line.number}".lstrip("/"),
        part=" ".join(filter(None, (line.part, line.vendor_part))),
        ordered=line.ordered,
        parts=parts,
        bars=tuple(_bars(line.ordered, parts, looks)),
        shipped=", ".join(filter(None, (one.date for one in line.shipments))),
        invoices=", ".join(dict(line.invoices)),
    )


def _bars(
    ordered: str, parts: Sequence[Portion], looks: Sequence[str]
) -> Iterator[Bar]:
    whole = _number(ordered)
    if whole <= 0:
        return
    x = Decimal(0)
    for part, look in zip(parts, looks, strict=True):
        quantity = part.quantity or (ordered if len(parts) == 1 else "")
        width = min(Decimal(100) - x, 100 * _number(quantity) / whole)
        if width > 0:
            yield Bar(look, float(round(x, 2)), float(round(width, 2)))
            x += width


def _number(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() else Decimal(0)
