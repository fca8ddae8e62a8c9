"""Celery's queues: one per partner, so that `-Q` can give each its own containers."""

from tasks.planning.rules import DECK, WESTCON

ORDERS = "orders"

#: Of the events, of Westcon's watches, of DECK's links and of the notifications.
QUEUES = (ORDERS, "westcon", "deck", "ingram")

#: Which queue a task's hints travel on.
ROUTES = {
    "orders.receive": ORDERS,
    "orders.publish": ORDERS,
    "westcon.poll": "westcon",
    "deck.link": "deck",
    "ingram.notify": "ingram",
}

#: The task that works on a destination; everything else is an Ingram endpoint.
TASKS = {WESTCON: "westcon.poll", DECK: "deck.link"}


def task_of(destination: str) -> str:
    return TASKS.get(destination, "ingram.notify")


def queue_of(destination: str) -> str:
    """The queue on which hints for a destination travel."""
    return ROUTES[task_of(destination)]
