"""A file of Redis' own, written amid the work of an older release, and finished here.

Its ledger has finished orders, watches that wait and one that was being looked at when
its worker was killed, a link and notifications that wait, dead letters, and events that
nobody had read. Watches have the names of that release, `order:<order>`.
"""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.command import printed
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.redis_servers import binaries

pytestmark = pytest.mark.processes

FILE = Path(__file__).with_name("before_partners.rdb")
SECRET = "s3cret-of-the-tests"
ENDPOINTS = ("acme", "bravo", "charlie")

FINISHED = ("70000001", "70000002", "70000003")
#: Those that were looked at before, the third with a notification; a number may hold
#: what parts the name of a watch.
WATCHED = ("70000010", "7:0:31", "70000012")
CANCELLED, SENDING, UNREAD = "70000011", "70000040", "70000041"
#: Whose link waits, whose notifications wait, and which of these was made first.
UNLINKED, WAITING, FIRST = "70000021", "70000020", "NV624PRYEDS442Z5336ZK20HHV"
#: Of dead letters, by the names that the older release has given them.
DEAD_WATCH, DEAD_ORDER = "order:70000032", "70000032"
DEAD_DELIVERY, REFUSED = "delivery:MBS60YP24TE2W8WNM69ER39GR5.charlie", "70000030"


@pytest.fixture(name="site", params=binaries())
def one_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The file under a server of this kind, and stand-ins that know all orders."""
    shutil.copy(FILE, tmp_path / "dump.rdb")
    options = ("--appendonly", "no", "--dir", str(tmp_path))
    with running_site(
        tmp_path,
        kind=request.param,
        redis=options,
        ALLOW_VOLATILE_REDIS="true",
        WESTCON__POLL_MIN="0.5",
        WESTCON__POLL_MAX="1",
    ) as site:
        url = site.partners.url
        endpoints = {
            name: {
                "mode": "direct",
                "target_url": f"{url}/receivers/{name}",
                "secrets": [SECRET],
            }
            for name in ENDPOINTS
        }
        own = {"WAYBILL_INGRAM__ENDPOINTS": json.dumps(endpoints)}
        site.settings = {**site.settings, **own}
        for name in ENDPOINTS:
            site.partners.receivers.behave(name, secrets=[SECRET], strict=False)
        yield site


def notified(site: Site, endpoint: str) -> dict[str, list[str]]:
    """The event ids that an endpoint got of each order, in their order."""
    found: dict[str, list[str]] = {}
    for one in site.partners.deliveries(endpoint):
        found.setdefault(one.order_number, []).append(one.event_id)
    return found


def is_done(site: Site) -> bool:
    idle = not site.ledger.refs("due") and not site.ledger.refs("leased")
    return idle and UNREAD in notified(site, "acme")


def test_what_was_amid_its_work_ends_once_and_nothing_is_notified_twice(
    site: Site,
) -> None:
    assert {ref.partition(":")[0] for ref in site.ledger.refs("due")} >= {"order"}
    site.worker("one").started()
    site.worker("two").started()
    until("all is done", lambda: is_done(site))

    reported = notified(site, "acme")
    assert set(reported) == {*WATCHED, CANCELLED, SENDING, UNREAD}
    assert notified(site, "charlie") == {}
    first, *others = notified(site, "bravo")[WAITING]
    assert (first, bool(others)) == (FIRST, True)
    for endpoint in ENDPOINTS:
        ids = Counter(id_ for each in notified(site, endpoint).values() for id_ in each)
        assert set(ids.values()) <= {1}
    links = Counter(link.order for link in site.partners.links.history())
    assert links == {UNLINKED: 1, UNREAD: 1}
    for number in (*FINISHED, *WATCHED, CANCELLED, SENDING, UNREAD, WAITING):
        story = json.loads(printed(site, "explain", number, "--json"))
        assert [one["state"] for one in story["watches"]] == ["ended"], number


def test_its_dead_letters_are_replayed_by_the_names_that_they_had(site: Site) -> None:
    letters = json.loads(printed(site, "dead-letters", "list", "--json"))
    ids = {one["id"]: one["kind"] for one in letters}
    assert ids[DEAD_WATCH] == "watch"
    assert ids[DEAD_DELIVERY] == "notification"
    assert sorted(ids.values()) == ["event", "notification", "watch"]
    site.worker("one").started()

    printed(site, "dead-letters", "replay", DEAD_WATCH, DEAD_DELIVERY)
    until("both are done", lambda: DEAD_ORDER in notified(site, "acme"))
    until("the other too", lambda: REFUSED in notified(site, "charlie"))

    assert notified(site, "charlie")[REFUSED] == [DEAD_DELIVERY[9:-8]]
    left = json.loads(printed(site, "dead-letters", "list", "--json"))
    assert [one["kind"] for one in left] == ["event"]
