"""Stages of a repartition: each layout as it follows from the one before it."""

from dataclasses import replace

from workers.ledger.layout.layout import Earlier, Layout, Stage


def widened(before: Layout, goal: int) -> Layout:
    """All partitions that there will be are there; orders lie as before."""
    return replace(
        before,
        version=before.version + 1,
        width=max(before.width, goal),
        stage=Stage.WIDENING,
        goal=goal,
    )


def moving(before: Layout, now_ms: int) -> Layout:
    """New orders go where they belong from now on, the others are moved there.

    Args:
        before: a ledger that is wide enough.
        now_ms: UTC ms; what no mark stands for any more is left out.
    """
    earlier = (one for one in before.earlier if one.until_ms > now_ms)
    return replace(
        before,
        version=before.version + 1,
        count=before.goal,
        stage=Stage.MOVING,
        earlier=(*earlier, Earlier(before.count)),
    )


def settled(before: Layout, until_ms: int) -> Layout:
    """All orders are at home.

    Args:
        before: a ledger of which no order lies where it was.
        until_ms: UTC ms until which marks of events may stand where they were.
    """
    *others, last = before.earlier
    return replace(
        before,
        version=before.version + 1,
        stage=Stage.SETTLED,
        earlier=(*others, replace(last, until_ms=until_ms)),
    )
