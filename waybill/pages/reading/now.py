"""Page of what `waybill status` shows: what is not well, and who works."""

from dataclasses import replace
from functools import partial

from starlette.responses import Response

from waybill.destinations import served
from waybill.pages.visit import Site, Visit
from waybill.status.reasons import reasons
from waybill.status.snapshot import StatusSnapshot, look


def now(visit: Visit) -> Response:
    """What is not well, with what to do, and the workers."""
    seen = seen_of(visit.site)
    states = seen.overview.destinations.values()
    return visit.page(
        "now",
        seen=seen,
        reasons=list(reasons(seen)),
        due=sum(one.due for one in states),
        leased=sum(one.leased for one in states),
        now_ms=seen.overview.now_ms,
    )


def seen_of(site: Site) -> StatusSnapshot:
    """The status; raises redis.RedisError.

    The door may have none of the partners' settings: then the destinations are those
    that living workers have, and those that the ledger has work for.
    """
    if site.ledger.configured():
        return look(site.ledger)
    seen = look(site.ledger, partial(served, site.ledger))
    return replace(seen, configured=frozenset(seen.overview.destinations))
