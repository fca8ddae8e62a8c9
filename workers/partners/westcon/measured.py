"""Westcon client with metrics; counts statuses and values that no rule reads."""

import structlog

from serializers.westcon.reply import StatusLine
from serializers.westcon.shipment_detail import ShipmentDetail
from tasks.planning.rules import SHIPMENTS, WESTCON
from tasks.planning.statuses import NOT_AUTHENTIC, StatusTable
from tasks.services import Westcon
from workers.partners.spec import Stopwatch

log = structlog.get_logger()


class MeasuredWestcon:
    """Westcon, measured; what nobody has a meaning for is counted."""

    def __init__(
        self, westcon: Westcon, stopwatch: Stopwatch, known: StatusTable
    ) -> None:
        self._westcon = westcon
        self._stopwatch = stopwatch
        self._known = known

    def order_status(
        self, order_type: str, orders: tuple[str, ...]
    ) -> tuple[StatusLine, ...]:
        """See `tasks.services.Westcon`; raises PartnerError."""
        ask = self._westcon.order_status
        lines = self._stopwatch.time(WESTCON, lambda: ask(order_type, orders))
        for line in lines:
            if line.status not in self._known and line.status != NOT_AUTHENTIC:
                self._stopwatch.unknown_status(line.status)
            for value in line.unread:
                self._stopwatch.unread(WESTCON, value.field)
        return lines

    def shipment_detail(self, order_type: str, order: str) -> ShipmentDetail:
        """See `tasks.services.Westcon`; raises PartnerError or DecodeError."""
        ask = self._westcon.shipment_detail
        detail = self._stopwatch.time(SHIPMENTS, lambda: ask(order_type, order))
        if detail.left_out:
            log.warning("parcels_left_out", order=order, count=detail.left_out)
        return detail
