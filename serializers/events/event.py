"""Order event, as the ERP reports it."""

from dataclasses import dataclass

from serializers.events.shape import EventType
from serializers.shipment import Shipment


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line of the order, in Westcon's codes.

    Attributes:
        line_number: without leading zeros; "0" stays "0".
        status: upper case, "" if absent.
        quantity: a plain decimal without needless zeros, "" if absent; of a return, how
            much has come back in all.
        part_number: the vendor's.
        ship_date: YYYY-MM-DD or "".
        invoice: its number, "" before there is one.
        description: for people only.
        shipments: each of the line's ship date.
    """

    line_number: str
    status: str = ""
    quantity: str = ""
    part_number: str = ""
    ship_date: str = ""
    invoice: str = ""
    description: str = ""
    shipments: tuple[Shipment, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """One fact.

    Attributes:
        id: unique within the source.
        source: the producer.
        type: what happened.
        time_ms: when, in UTC milliseconds; None where the producer gives no moment.
        order_number: the ERP's.
        purchase_order: the customer's own number, "" if absent.
        customer_id: the account in DECK Commerce, "" if absent.
        westcon_number: the order at Westcon, "" if absent.
        westcon_type: "W" or "C", what `westcon_number` is.
        westcon_account: our account there, "" if absent.
        deck_number: the order at DECK, "" if absent: then it has the ERP's number.
        deck_site: our site there, "" if absent.
        endpoints: the names that are notified; None for all, () for none.
        baseline: whether the first snapshot is kept without notifying.
        lines: what changed; in `order.placed`, what is expected.
        null_time: the time as written where it stands for none, else "".
        traceparent: of the trace that it belongs to (W3C), "" where there is none.
    """

    id: str
    source: str
    type: EventType
    time_ms: int | None
    order_number: str
    purchase_order: str = ""
    customer_id: str = ""
    westcon_number: str = ""
    westcon_type: str = "W"
    deck_number: str = ""
    endpoints: tuple[str, ...] | None = None
    baseline: bool = False
    lines: tuple[EventLine, ...] = ()
    null_time: str = ""
    traceparent: str = ""
    westcon_account: str = ""
    deck_site: str = ""
