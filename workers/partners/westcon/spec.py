"""Partner specification of Westcon, at which orders are watched."""

from collections.abc import Iterator
from dataclasses import replace

from tasks.destination import Destination
from tasks.planning.rules import WESTCON as NAME
from tasks.planning.rules import PlanRules, PollRules, parcels_at
from workers.partners.spec import PartnerSpec, calls_of, destination
from workers.partners.westcon.settings import Westcon

#: By how much of its pause a look may come early to fill a call that goes anyway. More
#: makes calls fuller and looks at an order oftener; docs/performance.md has both.
SOON_SHARE = 0.75


def _destinations(own: Westcon, lease: float) -> Iterator[Destination]:
    for one in own.each():
        yield from _of_account(one, lease)


def _of_account(own: Westcon, lease: float) -> Iterator[Destination]:
    place = own.instance.destination
    made = destination(place, own, own.max_leased, own.rate, lease)
    # A 429 of Westcon's is the gateway's, not the order's: it uses no attempt.
    patient = replace(made.retry, throttled_waits=True)
    # An order that is due within half the shortest pause fills a call for nothing,
    # and so does one of whose own pause a quarter is over.
    yield replace(
        made,
        retry=patient,
        per_call=own.batch,
        soon_seconds=own.poll_min / 2,
        soon_share=SOON_SHARE,
    )
    if own.shipment_detail:
        # Nothing waits here: looks ask by its gate.
        parcels, rate = parcels_at(place), own.shipment_rate
        yield destination(parcels, own, own.max_leased, rate, lease)


def _rules(rules: PlanRules, own: Westcon) -> PlanRules:
    return replace(
        rules,
        westcon=own.in_use,
        accounts=own.names or rules.accounts,
        statuses=own.status_table,
        notify_unknown=own.notify_unknown,
        poll=PollRules(
            shortest=own.poll_min,
            calm=own.poll_calm,
            longest=own.poll_max,
            fraction=own.poll_fraction,
            patience=own.patience,
            nao_grace=own.nao_grace,
            quiet=own.quiet,
            batch=own.batch,
            shipment_detail=own.shipment_detail,
            shipment_wait=own.shipment_wait,
        ),
    )


WESTCON: PartnerSpec[Westcon] = PartnerSpec(
    name=NAME,
    title="Westcon",
    task="westcon.poll",
    settings=Westcon,
    calls=calls_of("workers.partners.westcon.calls.CALLS"),
    destinations=_destinations,
    rules=_rules,
    instances=Westcon.by_place,
)
