"""Made-up journals: what the stand-ins would record of a small story."""

from waybill.demo.expectation import Expectation, Notified
from waybill.demo.witness import Arrival, Journals, LinkMade

SHIPPED, INVOICED = "im::order_shipped", "im::order_invoiced"


def notified(event_type: str, *, endpoint: str = "acme", line: str = "10") -> Notified:
    return Notified(endpoint, "SO-1", line, event_type)


def arrival(
    event_id: str, *transitions: Notified, accepted: bool = True, objection: str = ""
) -> Arrival:
    endpoint = transitions[0].endpoint if transitions else "acme"
    return Arrival(endpoint, event_id, transitions, accepted, objection)


#: One order that is shipped and invoiced, notified to one endpoint, and linked anew.
EXPECTED = Expectation(
    notified=frozenset({notified(SHIPPED), notified(INVOICED)}),
    customers={"SO-1": ("C-1", "C-2")},
)
LINKS = (LinkMade("SO-1", "C-1", "json"), LinkMade("SO-1", "C-2", "xml"))
WELL = (arrival("E1", notified(SHIPPED)), arrival("E2", notified(INVOICED)))


def seen(*arrivals: Arrival, links: tuple[LinkMade, ...] = LINKS) -> Journals:
    return Journals(arrivals=arrivals, links=links)
