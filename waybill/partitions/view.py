"""Layout, plan and findings of `waybill partitions` as text; pure."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from waybill.console import amount, moment, span
from waybill.status.reasons import apply_command, moving_text
from workers.ledger.layout.layout import Layout
from workers.ledger.repartition.checks import Checked, Wrong
from workers.ledger.repartition.estimate import Estimate
from workers.ledger.repartition.repartition import Done

#: What a finding is, and what mends it.
WORDS: Final = {
    Wrong.ASTRAY: (
        "keys of orders lie where the layout does not have them",
        "`waybill partitions apply {goal}` moves them",
    ),
    Wrong.IN_PARCEL: (
        "orders are left in parcels, where no worker looks for them",
        "`waybill partitions apply {goal}` brings them home",
    ),
    Wrong.NOTHING: (
        "lists name what is not there",
        "a worker that meets one passes it over",
    ),
    Wrong.UNLISTED: (
        "deliveries have not ended and stand in no list",
        "`waybill reconcile --plan FILE` finds them, `reconcile apply FILE` sends them",
    ),
}

#: Of how many bytes a person reads.
_UNITS: Final = ("bytes", "KB", "MB", "GB", "TB")


def layout_lines(layout: Layout, mover: str) -> Iterator[str]:
    """What the layout is, a line for each part."""
    yield f"new orders go into {amount(layout.count, 'partition')}"
    if layout.width > layout.count:
        yield f"partitions that are read: {layout.width}"
    if layout.is_moving:
        yield moving_text(layout, mover)
    for one in layout.earlier:
        if one.until_ms:
            until = moment(one.until_ms)
            yield f"marks of events lie where {one.count} have them until {until}"
    yield f"version of the layout: {layout.version}"


def size_text(size: float) -> str:
    """Bytes for a person: 3.4 GB."""
    for unit in _UNITS[:-1]:
        if size < 1000:  # noqa: PLR2004 (of a unit)
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} {_UNITS[-1]}"


def plan_rows(found: Estimate) -> Iterator[tuple[str, str, str]]:
    """From where to where how many orders would move."""
    for (former, home), orders in sorted(found.moving.items()):
        yield str(former), str(home), f"{orders:,}"


def plan_lines(layout: Layout, goal: int, found: Estimate) -> Iterator[str]:
    """What it would take, what would stay, what to do."""
    moving = found.moving.total()
    if not moving and goal == layout.count == layout.width:
        lies = f"the ledger lies in {amount(goal, 'partition')}"
        yield f"{lies} already, with {amount(found.orders, 'order')}: nothing is to do"
        return
    yield (
        f"{moving:,} of {found.orders:,} orders would move, with {found.deliveries:,}"
        f" deliveries: about {size_text(found.size)} of memory, about"
        f" {span(found.seconds)} at the rate of a sample; nothing was changed"
    )
    yield (
        "what stays where it is: results, audit chains, counts, marks of events (for"
        " WAYBILL_DEDUP_WINDOW), events that are dead letters, and the index by"
        f" purchase order, which goes on in {amount(layout.index, 'partition')}"
    )
    if goal > layout.width:
        yield (
            f"workers begin anew, each once, and read {goal} streams then: each takes a"
            " loop and a connection more for every partition"
        )
    yield f"to do it: `{apply_command(goal)}`; then `waybill partitions verify`"


def done_line(done: Done) -> str:
    """What an apply has done."""
    rate = done.moved / done.seconds if done.seconds else 0
    moved = f"{amount(done.moved, 'order')} moved in {span(done.seconds)}"
    return f"{moved} ({rate:,.0f} a second); new orders go into {done.layout.count}"


def count_rows(checked: Checked) -> Iterator[tuple[str, str, str]]:
    """Orders and deliveries of each partition."""
    for partition in sorted(checked.orders.keys() | checked.deliveries.keys()):
        orders, deliveries = checked.orders[partition], checked.deliveries[partition]
        if orders or deliveries:
            yield str(partition), f"{orders:,}", f"{deliveries:,}"


def finding_lines(checked: Checked, layout: Layout) -> Iterator[str]:
    """A line for each kind of finding, with what mends it."""
    for kind, count in sorted(checked.wrong.items()):
        what, mended = WORDS[kind]
        example = checked.examples[kind][0]
        mends = mended.format(goal=layout.goal)
        yield f"{what}: {count:,}, as {example}; {mends}"


def document(layout: Layout, mover: str) -> dict[str, object]:
    """The layout for a program."""
    return {
        "count": layout.count,
        "width": layout.width,
        "index": layout.index,
        "stage": str(layout.stage),
        "goal": layout.goal,
        "version": layout.version,
        "earlier": [
            {"count": one.count, "until_ms": one.until_ms} for one in layout.earlier
        ],
        "mover": mover,
    }


def by_partition(counts: Counter[int]) -> dict[str, int]:
    """Counts for a program."""
    return {str(partition): counts[partition] for partition in sorted(counts)}
