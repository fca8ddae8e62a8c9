"""Page of what `waybill status` shows: what is not well, and who works."""

from dataclasses import replace
from functools import partial
from itertools import chain

from starlette.responses import Response

from waybill.destinations import given_up, refusal, served
from waybill.pages.visit import Site, Visit
from waybill.status.reasons import reasons
from waybill.status.snapshot import StatusSnapshot, look
from workers.ledger.identity.heartbeats import Heartbeats


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


def not_known(site: Site, destination: str) -> str:
    """That a destination does not exist, with the one that may be meant; else "".

    Raises:
        redis.RedisError: Redis does not answer.
    """
    if not destination:
        return ""
    workers = Heartbeats(site.client).alive()
    others = chain(given_up(site.ledger), served(site.ledger, workers))
    return refusal(site.ledger, destination, others)
