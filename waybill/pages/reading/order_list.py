"""Page of orders: the search by a name, and the list by what they wait for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import Response

from waybill.connect import now_ms
from waybill.find.matches import matches
from waybill.orders.listing import DAY_MS, for_a_while
from waybill.orders.view import state_text
from waybill.pages.reading.now import not_known
from waybill.pages.visit import Visit
from workers.ledger.views.order_list import Page, Wanted, order_page
from workers.ledger.views.order_pass import Place, place_of
from workers.ledger.views.order_rows import moved_ms

#: Orders of a page.
SHOWN: Final = 50

#: Characters of the place at which a page goes on.
LONGEST: Final = 4_096

#: What `state` may ask for, each with what the form calls it.
STATES: Final = (
    ("", "Open or finished"),
    ("open", "Open"),
    ("finished", "Finished"),
    ("failing", "Failing, tried again"),
)

#: A number that the form's field takes.
_DAYS: Final = re.compile("[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Row:
    """An order of the list."""

    name: str
    purchase_order: str
    stages: tuple[str, ...]
    moved_ms: int
    text: str


def orders(visit: Visit) -> Response:
    """What a text names at once; without one, a page of those that are asked for."""
    name, at_ms = visit.asked("q"), now_ms(visit.site.client)
    fields = _fields(visit)
    unknown = not_known(visit.site, fields["destination"])
    page = Page() if name else _page(visit, fields, at_ms)
    return visit.page(
        "orders",
        asked=name,
        found=matches(visit.site.ledger, name) if name else [],
        days=f"{visit.site.settings.retention / 86_400:g}",
        states=STATES,
        fields=fields,
        unknown=unknown,
        rows=[
            Row(
                one.name,
                one.order.purchase_order,
                one.stages,
                moved_ms(one.order),
                state_text(one, at_ms),
            )
            for one in page.rows
        ],
        looked_at=page.looked_at,
        further="" if page.after is None else _further(fields, page.after),
        now_ms=at_ms,
    )


def _fields(visit: Visit) -> Mapping[str, str]:
    """What the form's fields hold.

    Raises:
        HTTPException: one holds what it may not, so that it would mean all orders.
    """
    names = ("stage", "destination", "customer", "state", "days")
    found = {name: visit.asked(name) for name in names}
    if found["state"] not in dict(STATES):
        states = ", ".join(name for name, _ in STATES if name)
        what = f"no order is {found['state']}: there are {states}"
        raise HTTPException(400, what)
    if found["days"] and not _DAYS.fullmatch(found["days"]):
        raise HTTPException(400, f"{found['days']} is no number of days")
    return found


def _page(visit: Visit, fields: Mapping[str, str], at_ms: int) -> Page:
    failing, days = fields["state"] == "failing", fields["days"]
    wanted = Wanted(
        "" if failing else fields["state"],
        at_ms - int(days) * DAY_MS if days else 0,
        fields["stage"],
        fields["destination"],
        fields["customer"],
        failing=failing,
    )
    try:
        start = place_of(visit.asked("after", LONGEST) or str(Place()))
    except ValueError:
        start = Place()
    client, places = visit.site.client, visit.site.ledger.parts.places
    return order_page(client, wanted, SHOWN, start, places, for_a_while())


def _further(fields: Mapping[str, str], after: Place) -> str:
    """The query that goes on behind a page."""
    kept = {name: value for name, value in fields.items() if value}
    return urlencode(kept | {"after": str(after)})
