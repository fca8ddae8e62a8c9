"""Whether orders that name no endpoint go to more than one script should write."""

from collections.abc import Collection

#: Deliveries that one script writes in about ten milliseconds, in which Redis does
#: nothing else. An order that names none goes to all, with its change in one script.
AT_ONCE = 400


def too_many(endpoints: Collection[str]) -> str:
    """What is to be said of so many endpoints; "" for fewer."""
    if len(endpoints) <= AT_ONCE:
        return ""
    return (
        f"an order that names no endpoints goes to all {len(endpoints)}, written by one"
        f" script, while Redis does nothing else; with more than {AT_ONCE} have every"
        " event name its own (`data.endpoints`)"
    )
