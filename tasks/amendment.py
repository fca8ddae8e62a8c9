"""Amendment: a change of an order's record that neither an event nor a look makes."""

from dataclasses import dataclass

from serializers.order_record import Order
from serializers.timeline.codes import Note


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change of a record that no event and no look makes; its watch looks soon.

    Attributes:
        order: as it is to be.
        version: of the order that was changed.
        answers: the code of a watch's dead letter that this is the answer to.
    """

    order: Order
    version: int
    notes: tuple[Note, ...]
    answers: str
