"""Page of the last reconciliation."""

from starlette.responses import Response

from waybill.connect import now_ms
from waybill.pages.visit import Visit
from workers.ledger.reconcile.last_run import last_run


def reconcile(visit: Visit) -> Response:
    """When it ended, what it found, and what was repaired since."""
    run = last_run(visit.site.client, visit.site.ledger.settings.partitions)
    return visit.page(
        "reconcile",
        run=run,
        total=sum(run.found.values()),
        found=sorted(run.found.items(), key=lambda one: -one[1]),
        replaced=sorted(run.replaced.items()),
        now_ms=now_ms(visit.site.client),
    )
