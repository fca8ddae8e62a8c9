"""Pace of the looks at an order: when the next one is, what it asks for, which is last.

A purchase order is a question: once some of Westcon's orders are known to be an order's
own, these are asked for by number, and by purchase order only now and then, for those
that Westcon splits off later.
"""

from serializers.order_record import Order
from tasks.ledger_values import Look
from tasks.planning.lines.coverage import delivered, is_covered, ordered
from tasks.planning.lines.distribution import is_finished
from tasks.planning.rules import PollRules
from tasks.planning.statuses import StatusTable
from tasks.polling.attribution import OWN
from tasks.polling.ownership import BY_PURCHASE_ORDER

#: How much the dice move a look, either way, so that a burst of orders spreads.
JITTER = 0.1

#: The share of its age for which an order that has just changed is left alone, up to
#: `PollRules.calm`.
YOUNG = 0.25

#: One look in so many is by purchase order while orders of its own are open.
SEARCH_EVERY = 4


def reported_ms(order: Order) -> int:
    """When the ERP last reported on it: Westcon is soon to show the same."""
    return max(order.seen_ms, order.facts_at.entry[0])


def next_look(
    begun_ms: int, changed_ms: int, now_ms: int, rules: PollRules, dice: float
) -> float | None:
    """Seconds until the next look, or None when patience has run out.

    Args:
        begun_ms: when the ERP last reported on the order, 0 where nobody knows.
        changed_ms: when it last changed, or its watch began.
        now_ms: the moment of this look.
        rules: bounds and fraction.
        dice: a number in [0, 1).
    """
    still = max(0.0, (now_ms - changed_ms) / 1000)
    if still > rules.patience:
        return None
    least = max(rules.shortest, _calm(begun_ms, changed_ms, now_ms, rules))
    pause = min(max(still * rules.fraction, least), rules.longest)
    return pause * (1 + JITTER * (2 * dice - 1))


def _calm(begun_ms: int, changed_ms: int, now_ms: int, rules: PollRules) -> float:
    """The least pause of an order that has changed since its first looks, else 0.

    What has just moved stands for hours as a rule. Nearly half of all calls went into
    its first minutes, and saw one change in sixty.
    """
    # What the first look finds is no change, whenever Westcon has made it.
    if not begun_ms or (changed_ms - begun_ms) / 1000 <= rules.shortest:
        return 0.0
    return min(rules.calm, YOUNG * (now_ms - begun_ms) / 1000)


def is_awaited(order: Order, table: StatusTable) -> bool:
    """Whether Westcon is still to place some of what the ERP has ordered.

    Args:
        order: whose lines are all finished.
        table: of statuses.
    """
    order_type, _ = order.westcon_reference or ("", "")
    if order_type != BY_PURCHASE_ORDER or not order.expected:
        return False
    return is_covered(order.expected, order.lines, table, ordered) is False


def look_for_more(
    order: Order, now_ms: int, rules: PollRules, table: StatusTable
) -> float | None:
    """Seconds until the next look at a finished order, or None when its watch ends.

    Under a purchase order Westcon may split off another order later, so the watch goes
    on at its slowest until nothing has changed for long enough. It ends at once when
    all that the ERP has ordered is invoiced. What was rejected may come again, under
    another order.

    Args:
        order: after this look.
        now_ms: the moment of this look.
        rules: the longest pause, and how long is long enough.
        table: of statuses.
    """
    order_type, _ = order.westcon_reference or ("", "")
    left = rules.quiet - (now_ms - order.changed_ms) / 1000
    if order_type != BY_PURCHASE_ORDER or left <= 0:
        return None
    if is_covered(order.expected, order.lines, table, delivered):
        return None
    return min(rules.longest, left)


def asked_for(look: Look, table: StatusTable) -> tuple[str, tuple[str, ...]]:
    """Order type and numbers to ask for; "" and none when there is no reference.

    After an attempt that failed a watch by purchase order asks by that: what it knew
    may be gone.
    """
    order = look.order
    order_type, number = order.westcon_reference or ("", "")
    if order_type != BY_PURCHASE_ORDER:
        return order_type, (number,)
    own = open_orders(order, table)
    if not own or look.attempts > 1:
        return order_type, (number,)
    searches = is_covered(order.expected, order.lines, table, ordered) is not True
    if searches and _looks_since(look) >= SEARCH_EVERY - 1:
        return order_type, (number,)
    return OWN, own


def open_orders(order: Order, table: StatusTable) -> tuple[str, ...]:
    """Westcon's orders that are known to be the order's own and are not finished."""
    lines = (one for one in order.lines if one.sub_order)
    open_ = (one.sub_order for one in lines if not is_finished(one, table))
    return tuple(dict.fromkeys((*order.assigned, *open_)))


def kept(look: Look, order_type: str) -> bytes:
    """What the watch keeps of a look: how many in a row were by own numbers.

    It is b"" where nothing changes.

    Args:
        look: as it began.
        order_type: by which it has asked.
    """
    reference = look.order.westcon_reference or ("", "")
    since = _looks_since(look)
    if reference[0] != BY_PURCHASE_ORDER:
        return b""
    if order_type == OWN:
        return b"%d" % min(since + 1, SEARCH_EVERY)
    return b"0" if since else b""


def _looks_since(look: Look) -> int:
    """How many looks have asked by own numbers since the last by purchase order."""
    return int(look.seen) if look.seen.isdigit() else 0
