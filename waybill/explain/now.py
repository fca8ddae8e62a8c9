"""What an order waits for at this moment, in one line; pure."""

from waybill.console import moment
from waybill.explain.blockers import Blocked, is_ready
from workers.ledger.views.order_items import DEAD, WATCH, Item
from workers.ledger.views.order_story import OrderStory

#: States in which something is still to happen.
WAITING = frozenset({"due", "leased", "sending", "lane", DEAD})


def now_text(story: OrderStory, blocked: Blocked) -> str:
    """What blocks it, else what happens next, and when."""
    items = [one for one in (*story.watches, *story.deliveries) if one.state in WAITING]
    stopped = [one for one in items if blocked.get(one.ref)]
    if stopped:
        first = stopped[0]
        more = f" (and {len(stopped) - 1} more)" if len(stopped) > 1 else ""
        return f"blocked{more}: its {first.kind}: {blocked[first.ref][0].message}"
    if not items:
        return "it waits for nothing: all of it has ended"
    return _next(min(items, key=lambda one: one.due_ms or 0), story.at_ms)


def _next(item: Item, now_ms: int) -> str:
    if item.due_ms is None or is_ready(item, now_ms):
        return f"a worker takes its {item.kind} next"
    if item.state in {"leased", "sending"}:
        return f"a worker has its {item.kind} to {item.destination} in hand"
    what = "look at" if item.kind == WATCH else f"attempt of its {item.kind} to"
    return f"it waits for the next {what} {item.destination}, {moment(item.due_ms)}"
