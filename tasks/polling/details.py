"""Requests for parcels of Westcon's orders: one order a call, by an own gate."""

from collections.abc import Sequence

from serializers.errors import DecodeError
from serializers.westcon.shipment_detail import ShipmentDetail
from tasks.execution.attempt import caught, noted, report_to_gate
from tasks.outcomes.errors import NotYet, PermanentError
from tasks.planning.rules import SHIPMENTS
from tasks.polling.query import Late
from tasks.polling.waiting import NoDetail
from tasks.services import Services, Westcon

#: Seconds until another attempt where nothing else names them.
PAUSE = 15.0

NOT_INCLUDED = "not_included"


def ask_details(
    westcon: Westcon,
    services: Services,
    numbers: Sequence[str],
    late: Late,
    place: str = SHIPMENTS,
) -> dict[str, ShipmentDetail | NoDetail]:
    """What Westcon knows of each order's parcels, or why that is not known.

    Args:
        westcon: who is asked.
        services: the world.
        numbers: Westcon's own, of the orders.
        late: whether no further call may begin.
        place: the destination of these requests, which is the account's.
    """
    found: dict[str, ShipmentDetail | NoDetail] = {}
    for number in numbers:
        if late():
            found[number] = NoDetail("out_of_time", wait=1.0)
            continue
        wait = caught(lambda: services.gates.wait(place))
        if isinstance(wait, Exception):
            found[number] = NoDetail("gate", wait=PAUSE)
        elif wait > 0:
            found[number] = NoDetail("gate", wait=wait)
        else:
            found[number] = _asked(westcon, services, number, place)
    return found


def _asked(
    westcon: Westcon, services: Services, number: str, place: str
) -> ShipmentDetail | NoDetail:
    answer = caught(lambda: westcon.shipment_detail("W", number))
    if isinstance(answer, Exception):
        failure = answer
        noted(services, "gate", lambda: report_to_gate(services, place, failure))
        return no_detail(answer)
    noted(services, "gate", lambda: services.gates.served(place))
    return answer


def no_detail(error: Exception) -> NoDetail:
    """What a call that brought nothing means for the lines that wait.

    Any 2xx and any 4xx but 429 ends the wait at once.
    """
    match error:
        case PermanentError(code=code):
            return NoDetail(code, closes=True)
        case DecodeError():
            return NoDetail("decode")
        case NotYet(code=code, after=after):
            return NoDetail(code, wait=None if code == NOT_INCLUDED else after)
    code = getattr(error, "code", type(error).__name__)
    asked = getattr(error, "retry_after", None)
    ended = code.startswith("http_4") and code != "http_429"
    return NoDetail(code, wait=None if ended else asked or PAUSE)
