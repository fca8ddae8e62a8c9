"""Shape of each result's data, from which the JSON Schema is made."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from serializers.results.result import ResultType

Quantity = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]


class Part(BaseModel):
    """An object of a result. A later release may add members."""

    model_config = ConfigDict(extra="allow")


class Accepted(Part):
    """An event was admitted; what follows from it is durable."""

    id: str = Field(description="The event's own id")
    source: str
    event_type: str = Field(description="As the event has it")
    entry: str = Field(description="Its entry in the stream")


class Fault(Part):
    """One thing that is wrong with an event."""

    field: str = Field("", description="Where, as data.lines[2].status")
    reason: str


class Refused(Part):
    """An event was refused, and is a dead letter now."""

    entry: str = Field(description="Its entry in the stream")
    dead_letter: str = Field(description="As `waybill dead-letters` takes it")
    code: str
    reason: str
    id: str = Field("", description="The event's own, where it can be read")
    source: str = Field("", description="Likewise")
    problems: list[Fault] = Field(
        [], description="The first 20; none where it is whole"
    )


class Linked(Part):
    """DECK has linked the order to its customer."""

    customer_id: str = ""


class DeadLetter(Part):
    """What was given up, and why."""

    dead_letter: str = Field(description="As `waybill dead-letters` takes it")
    code: str = ""
    reason: str = ""


class LinkFailed(DeadLetter):
    """A link of the order was given up."""

    customer_id: str = ""


class Portion(Part):
    """A part of a line's quantity; without `quantity`, all that is nowhere else."""

    code: str = Field(description="Westcon's status")
    quantity: Quantity | None = None


class Shipment(Part):
    """One shipment of a line."""

    date: str = Field("", description="YYYY-MM-DD")
    quantity: Quantity | None = None
    carrier: str = ""
    carrier_code: str = ""
    warehouse: str = ""
    tracking_numbers: list[str] = []
    serial_numbers: list[str] = []
    mac_addresses: list[str] = []


class Invoice(Part):
    """One invoice, and what of the line is on it."""

    number: str
    quantity: Quantity | None = None


class ChangedLine(Part):
    """A line that has changed, as all of it is now."""

    line_number: str
    westcon_order: str = Field("", description="Westcon's order number, unpadded")
    stage: str = Field("", description="The status of what is furthest along")
    part_number: str = Field("", description="The vendor's")
    ordered: Quantity | None = None
    shipped: Quantity | None = Field(None, description="So far")
    backordered: Quantity | None = Field(None, description="Now")
    reached: list[Portion] = Field([], description="How much has reached each stage")
    now: list[Portion] = Field([], description="How much is in each other status")
    shipments: list[Shipment] = []
    invoices: list[Invoice] = []


class Changed(Part):
    """Lines of the order have changed; those that have not are left out."""

    order_number: str = Field(description="The ERP's")
    purchase_order: str = ""
    baseline: bool = Field(
        default=False, description="Whether receivers were not notified"
    )
    lines: list[ChangedLine]


class Finished(Part):
    """The order is not watched any more."""

    reason: Literal["complete", "cancelled", "abandoned"]


class SetAside(DeadLetter):
    """The order's watch was given up: a person has to decide."""

    partner: str


class Delivered(Part):
    """An endpoint has taken a notification."""

    endpoint: str
    event_id: str = Field(description="The notification's `eventId`")
    number: int | None = Field(None, description="Of the order's at this endpoint")


class Failed(Delivered, DeadLetter):
    """A notification was given up, or discarded with an endpoint that is taken out."""

    dead_letter: str = Field(
        "",
        description="As `waybill dead-letters` takes it; absent where it was discarded"
        " (`endpoint_forgotten`) and there is none",
    )


class Decided(Part):
    """A person has replayed or discarded a dead letter."""

    dead_letter: str
    kind: Literal["event", "watch", "link", "notification"]
    destination: str = ""


#: What each type carries.
DATA: Final[Mapping[ResultType, type[Part]]] = {
    ResultType.ACCEPTED: Accepted,
    ResultType.REFUSED: Refused,
    ResultType.LINKED: Linked,
    ResultType.LINK_FAILED: LinkFailed,
    ResultType.CHANGED: Changed,
    ResultType.FINISHED: Finished,
    ResultType.SET_ASIDE: SetAside,
    ResultType.DELIVERED: Delivered,
    ResultType.FAILED: Failed,
    ResultType.REPLAYED: Decided,
    ResultType.DISCARDED: Decided,
}
