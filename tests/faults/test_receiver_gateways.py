"""The receiver acts and its gateway answers 502, 503 or 504 all the same: H14."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sandbox.http.fault import Fault
from sandbox.settings import SandboxSettings
from tests.faults import repeats
from tests.faults.figures import Figures, record
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.ledger_servers import fails_over
from tests.processes.pages import page
from tests.processes.site import Site, running_site
from tests.processes.waiting import until

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

#: The receiver behind Ingram's relay.
RELAYED = "globex"
COUNT = 30
#: Nothing waits for a breaker or a probe: what is in question is only what comes again.
STUBBORN: dict[str, Any] = {
    f"{partner}__{name}": value
    for partner in ("DECK", "INGRAM")
    for name, value in (
        ("RETRY_PAUSES", json.dumps([0.2] * 40)),
        ("BREAKER_FAILURES", "1000000"),
    )
}


@contextmanager
def serving(folder: Path) -> Iterator[Site]:
    """One receiver that is called straight, and one through the relay."""
    with running_site(folder, **STUBBORN) as site:
        known, ingram = SandboxSettings(), f"{site.partners.url}/ingram"
        endpoints = json.loads(site.settings["WAYBILL_INGRAM__ENDPOINTS"])
        endpoints[RELAYED] = {
            "mode": "relay",
            "target_url": f"{site.partners.url}/receivers/{RELAYED}",
            "secrets": list(known.receiver_secrets[RELAYED]),
        }
        more = {
            "WAYBILL_INGRAM__ENDPOINTS": json.dumps(endpoints),
            "WAYBILL_INGRAM__BASE_URL": ingram,
            "WAYBILL_INGRAM__TOKEN_URL": f"{ingram}/oauth/oauth20/token",
            "WAYBILL_INGRAM__CLIENT_ID": known.ingram_client_id,
            "WAYBILL_INGRAM__CLIENT_SECRET": known.ingram_client_secret,
        }
        site.settings = {**site.settings, **more}
        yield site


def acts_and_errs(site: Site) -> None:
    """Each partner acts on `COUNT` calls, and something before it answers an error."""
    faults = site.partners.faults
    for code in (502, 503, 504):
        for route in (f"receiver.{RECEIVER}", "deck.link"):
            faults.order(route, Fault.gateway(code), times=COUNT // 3)
    # Whatever becomes of the receiver, its relay answers 500.
    faults.order(f"receiver.{RELAYED}", Fault.apply_then_drop(), times=COUNT)


def again(names: Iterable[str]) -> int:
    return sum(times - 1 for times in Counter(names).values())


def test_h14_what_a_gateway_answers_for_a_receiver_that_acted_is_counted(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, COUNT)
    with serving(tmp_path) as site:
        worker = site.worker("only").started()
        acts_and_errs(site)

        feed.publish(site.redis.url, orders)

        names = RECEIVER, RELAYED
        until(
            "every partner has acted on every order",
            lambda: (
                all(len(site.partners.applied(name)) == COUNT for name in names)
                and len(site.partners.links.customers()) == COUNT
            ),
            120.0,
        )
        until("no fault is left", lambda: not site.partners.faults.pending(), 120.0)
        until("the ledger is quiet", lambda: site.ledger.quiet, 120.0)
        sends = [
            [one.event_id for one in site.partners.deliveries(name) if one.accepted]
            for name in names
        ]
        links = [one.order for one in site.partners.links.history()]
        ambiguous, metrics = site.ledger.ambiguous, page(worker, "/metrics")[1]
        dead = site.ledger.letters()
    doubled = sum(map(again, (*sends, links)))
    what = "502, 503, 504 after the receiver acted: straight, through the relay, DECK"
    record(Figures("H14", what, COUNT, doubled=doubled, ambiguous=ambiguous))
    repeats.are_held(doubled, ambiguous, exactly=3 * COUNT)
    if not fails_over():
        assert [len(one) for one in sends] == [2 * COUNT, 2 * COUNT]
        assert f'ambiguous_total{{cause="gateway"}} {3 * COUNT}.0' in metrics
    assert dead == {}
