"""Two accounts and two sites side by side on real workers, one of each down."""

import json
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.control.client import SandboxControl
from sandbox.http.fault import Fault
from sandbox.partners.westcon.plans import OrderLine
from tests.processes import feed
from tests.processes.environ import PARTNERS
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.waybill.terminal import Terminal

pytestmark = pytest.mark.processes

DOWN = Fault.status(503)
#: The process of the other account's and the other site's stand-ins.
OTHER = "other"
ROUTES = ("westcon.order_status", "deck.link")


@contextmanager
def two_of_each(folder: Path) -> Iterator[tuple[Site, SandboxControl]]:
    """An installation whose account `dach` and site `us` are on other machines."""
    # Long enough for a call to be under way while everything else happens.
    with running_site(folder, LEASE="40", DEADLINE="25") as site:
        command = (sys.executable, "-m", "sandbox", "--port", "0", "--auto", "INV")
        other = site.child(OTHER, *command)
        line = until("the others listen", lambda: other.output().strip())
        second = SandboxControl(line.split()[-1])
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


def corrected(site: Site, orders: Sequence[str]) -> None:
    """The ERP corrects them a minute later: they are at `default`, all of it."""
    stream = feed.stream_at(site.redis.url)
    for number in orders:
        event = json.loads(feed.placed(number))
        event |= {"id": f"{number}:corrected", "time": "2026-01-02T03:05:05Z"}
        event["data"]["westcon"]["account"] = "default"
        event["data"]["deck"] = {"site": "default"}
        stream.publish(json.dumps(event).encode())


def test_what_the_old_account_answers_late_is_not_taken_and_nothing_is_told_twice(
    tmp_path: Path,
) -> None:
    """Corrected while a look and a link of the order are under way."""
    (known, *orders) = feed.numbers(0, 2)
    with two_of_each(tmp_path) as (site, second):
        site.worker("one").started()
        publish(site, [known], "dach", "us")
        until("the other gives tokens", lambda: site.partners.applied("acme"))
        until("it is linked there", lambda: linked(second) == {known})
        for number in orders:
            # Of another order of that number, and never this one's.
            second.orders.put(number, [OrderLine("99", quantity="7")])
        asked = second.journal.count("westcon.order_status")

        other = site.children[OTHER]
        other.send(signal.SIGSTOP)
        publish(site, orders, "dach", "us")
        until(
            "it is looked at and linked there",
            lambda: (
                len(site.ledger.sending("watch:")) == len(orders)
                and len(site.ledger.sending("delivery:")) == len(orders)
            ),
        )
        corrected(site, orders)
        until("each is linked here", lambda: linked(site.partners) == set(orders))
        until("and notified", lambda: len(site.partners.applied("acme")) == 2)
        other.send(signal.SIGCONT)
        until(
            "the other has answered",
            lambda: second.journal.count("westcon.order_status") > asked,
        )
        until("all is quiet", lambda: site.ledger.quiet)

        got = [one for one in site.partners.deliveries("acme") if one.accepted]
        assert Counter(one.order_number for one in got) == Counter((known, *orders))
        for partners in (site.partners, second):
            links = Counter(one.order for one in partners.links.history())
            assert set(links.values()) == {1}
        assert linked(site.partners) == set(orders)
        assert site.ledger.letters() == {}
        waybill = Terminal(site.settings)
        for number in orders:
            shown = waybill.json("explain", number)
            assert [one["number"] for one in shown["lines"]] == ["10"]
            assert shown["lines_aside"] == []


def gates(site: Site) -> set[str]:
    """The destinations that have failed and not been answered since."""
    found = Terminal(site.settings).json("status")["destinations"]
    return {one["name"] for one in found if one["gate"]["failures"]}
