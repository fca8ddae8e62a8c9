"""Act on an order: it is looked at now, wherever it is watched."""

from typing import Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from waybill.acts.orders import unattended
from waybill.pages.acting.proposal import Done, Proposal, decided
from waybill.pages.visit import Visit
from workers.ledger.acts.orders import OrderActs
from workers.ledger.audit.actor import Actor
from workers.ledger.views.order_story import OrderStory, story

#: What became of it.
_WORDS: Final = {
    "polled": "A worker looks at it now, as far as gate and limits allow.",
    "ended": "Nobody watches it any more.",
    "dead": "Its watch is a dead letter: replay that.",
    "gone": "It is not known any more.",
}

_WAITS: Final = "It is looked at as soon as a worker can: {}."


def poll(visit: Visit) -> Response:
    """Where it would be looked at, then having that done."""
    name = visit.asked("number", 512)
    watches = _watched(_story(visit, name))
    where, back = ", ".join(watches), f"/order?number={quote(name, safe='')}"
    proposal = Proposal(
        section="orders",
        title=f"Look at order {name} now",
        button="Look at it now" if watches else "",
        facts=(("Order", name), ("Watched at", where or "nobody watches it")),
        notes=("It counts as a call against the partner's limit.",) if watches else (),
        fields={"number": name, "shown": where},
        back=back,
    )

    def done(by: Actor) -> Done:
        word = _acts(visit).poll(name, by).word
        links = (back, f"Order {name}"), (f"/audit?run={by.run}", "In the audit")
        good = word == "polled"
        absent = unattended(visit.site.ledger, name) if good else ()
        said = _WAITS.format(" and ".join(absent)) if absent else _WORDS[word]
        return Done("orders", f"Order {name}", (said,), good, links)

    return decided(visit, proposal, "shown", done)


def _acts(visit: Visit) -> OrderActs:
    site = visit.site
    parts = site.ledger.parts
    return OrderActs(parts.scripts, parts.retention, parts.places)


def _story(visit: Visit, name: str) -> OrderStory:
    site = visit.site
    places = site.ledger.parts.places
    found = story(site.client, name, site.ledger.configured(), places)
    if found is None:
        raise HTTPException(404, f"nothing is known of order {name}")
    return found


def _watched(found: OrderStory) -> list[str]:
    """The destinations at which a look would do something."""
    states = {"", "ended", "dead"}
    return [one.destination for one in found.watches if one.state not in states]
