"""Calls to Westcon: its client, measured, and what is done with its hints."""

from functools import partial

import structlog

from serializers.westcon.reply import StatusLine
from serializers.westcon.shipment_detail import ShipmentDetail
from tasks.execution.drain import HintRun
from tasks.planning.rules import WESTCON as NAME
from tasks.planning.rules import parcels_at
from tasks.planning.statuses import NOT_AUTHENTIC, StatusTable
from tasks.polling.poll import poll
from tasks.services import Westcon as Asked
from workers.partners.calls import PartnerCalls, Stopwatch
from workers.partners.oauth.token_source import TokenSource
from workers.partners.reach import Reach
from workers.partners.westcon.client import WestconClient
from workers.partners.westcon.doctor import checks
from workers.partners.westcon.gateway import WestconAccess
from workers.partners.westcon.settings import Westcon

log = structlog.get_logger()


def client(own: Westcon, reach: Reach) -> WestconClient:
    """Westcon with the token that all workers share."""
    http = reach.http(own)
    tokens = TokenSource(
        reach.redis,
        http,
        instance=own.instance,
        url=own.token_url,
        client_id=own.client_id,
        client_secret=own.client_secret.get_secret_value(),
        resource=own.resource,
        retry_after_max=own.retry_after_max,
        observer=reach.observer,
    )
    return WestconClient(
        http,
        tokens,
        access(own, reach.deadline),
        reach.clock.now,
        reach.observer,
        {*own.status_table, NOT_AUTHENTIC},
    )


def access(own: Westcon, deadline: float) -> WestconAccess:
    """What the account is asked with."""
    return WestconAccess(
        base_url=own.base_url,
        subscription_key=own.subscription_key.get_secret_value(),
        partner_key=own.partner_key.get_secret_value(),
        language=own.language,
        deadline=deadline,
        instance=own.instance,
    )


class MeasuredWestcon:
    """An account, measured; what nobody has a meaning for is counted."""

    def __init__(
        self,
        westcon: Asked,
        stopwatch: Stopwatch,
        known: StatusTable,
        place: str = NAME,
    ) -> None:
        self._westcon = westcon
        self._place = place
        self._stopwatch = stopwatch
        self._known = known

    def order_status(
        self, order_type: str, orders: tuple[str, ...]
    ) -> tuple[StatusLine, ...]:
        """See `tasks.services.Westcon`; raises PartnerError."""
        ask = self._westcon.order_status
        self._stopwatch.asked_for(self._place, len(orders))
        lines = self._stopwatch.time(self._place, lambda: ask(order_type, orders))
        for line in lines:
            if line.status not in self._known and line.status != NOT_AUTHENTIC:
                self._stopwatch.unknown_status(line.status)
            for value in line.unread:
                self._stopwatch.unread(NAME, value.field)
        return lines

    def shipment_detail(self, order_type: str, order: str) -> ShipmentDetail:
        """See `tasks.services.Westcon`; raises PartnerError or DecodeError."""
        ask = self._westcon.shipment_detail
        place = parcels_at(self._place)
        detail = self._stopwatch.time(place, lambda: ask(order_type, order))
        if detail.left_out:
            log.warning("parcels_left_out", order=order, count=detail.left_out)
        return detail


def _measured(asked: Asked, own: Westcon, stopwatch: Stopwatch) -> Asked:
    place = own.instance.destination
    return MeasuredWestcon(asked, stopwatch, own.status_table, place)


def _work(asked: Asked) -> HintRun:
    return partial(poll, asked)


CALLS: PartnerCalls[Westcon, Asked] = PartnerCalls(
    client=client, measured=_measured, work=_work, checks=checks
)
