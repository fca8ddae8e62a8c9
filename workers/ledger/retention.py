"""Retention: durations of leases and records, length of a timeline."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retention:
    """Times and sizes of the ledger; times in milliseconds.

    Attributes:
        lease: how long a worker has for a claimed item.
        dedup: how long an event's id is remembered.
        order_retention: how long an order is kept after its watch has ended.
        delivery_retention: how long an ended delivery's id is remembered.
        timeline: entries kept per order.
    """

    lease: int
    dedup: int
    order_retention: int
    delivery_retention: int
    timeline: int
