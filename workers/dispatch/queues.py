"""Celery's queues, one per partner: a bulkhead, as `-Q` gives each its containers."""

from workers.partners import registry

ORDERS = "orders"

#: Of the events, then one of each partner, called like it.
QUEUES = (ORDERS, *(spec.name for spec in registry.PARTNERS))

#: Which queue a task's hints travel on.
ROUTES = {
    "orders.receive": ORDERS,
    "orders.publish": ORDERS,
    **{spec.task: spec.name for spec in registry.PARTNERS},
}


def queue_of(destination: str) -> str:
    """The queue on which hints for a destination travel."""
    return registry.partner_of(destination)
