"""Celery's queues: one per partner, so that `-Q` can give each its own containers."""

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


def task_of(destination: str) -> str:
    """The task that works on a destination; raises KeyError, see `spec_of`."""
    return registry.spec_of(destination).task


def queue_of(destination: str) -> str:
    """The queue on which hints for a destination travel."""
    return registry.partner_of(destination)
