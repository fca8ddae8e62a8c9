"""What each item of an order waits for now, as the ledger and the settings have it."""

from collections.abc import Iterable, Sequence

from tasks.planning.rules import INGRAM_PREFIX
from waybill.connect import Opened
from waybill.explain.blockers import Blocked, Blocker, Surroundings, blockers
from workers.ledger.endpoints.known import unknown
from workers.ledger.identity.heartbeats import Alive, Heartbeats
from workers.ledger.views.gates import Standing
from workers.ledger.views.order_items import Item
from workers.ledger.views.order_story import OrderStory
from workers.partners.ingram.settings import Ingram


def blocked_of(ledger: Opened, found: OrderStory) -> Blocked:
    """What blocks each open item of an order, by its ref; raises redis.RedisError.

    Who has none of the partners' settings cannot say that a destination is not in them.
    """
    known, workers = ledger.parts.destinations, Heartbeats(ledger.client).alive()
    items = (*found.watches, *found.deliveries)
    nobodys = _unknown(ledger, workers, items)
    blocked = {
        item.ref: blockers(
            item,
            Surroundings(
                known.get(item.destination),
                found.standings.get(item.destination, Standing()),
                found.at_ms,
                workers,
                item.destination in nobodys,
            ),
        )
        for item in items
    }
    return blocked if known else {ref: _sure(some) for ref, some in blocked.items()}


def _sure(found: Iterable[Blocker]) -> tuple[Blocker, ...]:
    return tuple(one for one in found if one.code != "not_configured")


def _unknown(
    ledger: Opened, workers: Sequence[Alive], items: Iterable[Item]
) -> set[str]:
    """Destinations of endpoints that no living worker knows."""
    named = {item.destination for item in items}
    names = [
        n.removeprefix(INGRAM_PREFIX) for n in named if n.startswith(INGRAM_PREFIX)
    ]
    own = ledger.settings.of(Ingram).endpoints
    return {INGRAM_PREFIX + n for n in unknown(ledger.client, workers, names, own)}
