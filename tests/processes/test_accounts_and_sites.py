"""Two accounts and two sites side by side on real workers, one of each down."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.control.client import SandboxControl
from sandbox.http.fault import Fault
from tests.processes import feed
from tests.processes.environ import PARTNERS
from tests.processes.site import Site, running_site, standins
from tests.processes.waiting import until
from tests.waybill.terminal import Terminal

pytestmark = pytest.mark.processes

DOWN = Fault.status(503)
ROUTES = ("westcon.order_status", "deck.link")


@contextmanager
def two_of_each(folder: Path) -> Iterator[tuple[Site, SandboxControl]]:
    """An installation whose account `dach` and site `us` are on other machines."""
    other = folder / "other"
    other.mkdir()
    with running_site(folder) as site, standins(other, 0.0) as second:
        dach = {
            "base_url": f"{second.url}/westcon",
            "token_url": f"{second.url}/microsoft/tests/oauth2/token",
            "client_id": PARTNERS.westcon_client_id,
            "client_secret": PARTNERS.westcon_client_secret,
            "subscription_key": PARTNERS.westcon_subscription_key,
            "partner_key": PARTNERS.westcon_partner_key,
            "language": "DE",
        }
        us = {
            "base_url": f"{second.url}/deck",
            "site_code": PARTNERS.deck_site_code,
            "api_key": PARTNERS.deck_api_key,
        }
        site.settings = {
            **site.settings,
            "WAYBILL_WESTCON__ACCOUNTS": json.dumps({"dach": dach}),
            "WAYBILL_DECK__SITES": json.dumps({"us": us}),
        }
        yield site, second


def publish(site: Site, orders: Sequence[str], account: str, deck_site: str) -> None:
    stream = feed.stream_at(site.redis.url)
    for number in orders:
        event = json.loads(feed.placed(number))
        event["data"]["westcon"]["account"] = account
        event["data"]["deck"] = {"site": deck_site}
        stream.publish(json.dumps(event).encode())


def linked(partners: SandboxControl) -> set[str]:
    return set(partners.links.customers())


def test_what_is_down_holds_up_nothing_of_the_other(tmp_path: Path) -> None:
    here, there = feed.numbers(0, 30), feed.numbers(100, 30)
    with two_of_each(tmp_path) as (site, second):
        for route in ROUTES:
            second.faults.order(route, DOWN, times=None)
        for name in ("one", "two"):
            site.worker(name).started()
        waybill = Terminal(site.settings)

        publish(site, there, "dach", "us")
        publish(site, here, "default", "default")
        until("what is here is done", lambda: len(site.partners.applied("acme")) == 30)
        until("it is linked", lambda: linked(site.partners) == set(here))
        until("the other is left alone", lambda: gates(site) >= {"westcon/dach"})

        # Nothing of the one has gone to the other, and each has a gate of its own.
        assert linked(second) == set()
        assert site.partners.journal.count("westcon.order_status")
        assert not gates(site) & {"westcon", "deck"}
        assert "westcon/dach" in waybill("status").stdout
        shown = waybill.json("explain", there[0])
        assert (shown["westcon_account"], shown["deck_site"]) == ("dach", "us")
        assert {one["destination"] for one in shown["watches"]} == {"westcon/dach"}

        for route in ROUTES:
            second.faults.clear(route)
        until(
            "what was there is done", lambda: len(site.partners.applied("acme")) == 60
        )
        until("it is linked there", lambda: linked(second) == set(there))

        assert linked(site.partners) == set(here)
        until("all is quiet", lambda: site.ledger.quiet)
        assert site.ledger.letters() == {}
        checked = waybill("doctor")
        for name in ("westcon.access", "westcon/dach.access", "deck/us.reached"):
            assert f"ok       {name}" in checked.stdout


def test_a_name_that_nobody_has_is_a_dead_letter_until_somebody_has_it(
    tmp_path: Path,
) -> None:
    with two_of_each(tmp_path) as (site, second):
        without = {
            name: value
            for name, value in site.settings.items()
            if not name.endswith(("__ACCOUNTS", "__SITES"))
        }
        complete, site.settings = site.settings, without
        early = site.worker("early")
        early.started()
        publish(site, ["70000000"], "dach", "us")
        until("it is refused", site.ledger.letters)
        ((_, why),) = site.ledger.letters().values()
        assert "data.westcon.account: no account is called dach" in why
        assert "data.deck.site: no site is called us" in why

        early.end()
        site.settings = complete
        site.worker("late").started()
        assert Terminal(complete)("dead-letters", "replay", "--all").exit_code == 0

        until("it is done", lambda: len(site.partners.applied("acme")) == 1)
        until("it is linked", lambda: linked(second) == {"70000000"})


def gates(site: Site) -> set[str]:
    """The destinations that have failed and not been answered since."""
    found = Terminal(site.settings).json("status")["destinations"]
    return {one["name"] for one in found if one["gate"]["failures"]}
