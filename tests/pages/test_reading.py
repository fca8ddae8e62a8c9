"""Pages that read show what the commands show."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import quote

import pytest
import redis

from serializers.events.entry_fields import of_event
from serializers.order_record import Line, Portion, Shipment
from serializers.reconcile.finding import Kind as Found
from tasks.ledger_values import WatchMove
from tests.ledger import acts
from tests.ledger.clock import World
from tests.pages.conftest import Opener, Person, shown
from workers.ledger.acts.orders import OrderActs
from workers.ledger.audit.actor import Actor
from workers.ledger.reconcile.last_run import note_run


def test_now_is_well_where_status_is_and_names_its_reasons_where_it_is_not(
    operator: Person, world: World
) -> None:
    assert "All is well." in operator.text("/")
    acts.dead(world, acts.notification("N1"))

    page = operator.text("/")

    assert "Not well: 1 reason" in page
    assert "1 dead letters" in page
    assert "worker@tests" in page


def test_the_door_has_no_partners_settings_and_holds_nothing_for_unknown(
    console_of: Opener, world: World
) -> None:
    acts.admit(world, acts.notification("N1"), watch=WatchMove.START)
    with console_of() as person:
        person.sign_in()
        now, destinations = person.text("/"), person.text("/destinations")
        order = person.text("/order?number=SO-1")

    assert "not in the settings" not in now + destinations + order
    assert "ingram/acme" in destinations
    assert "westcon" in destinations


def test_a_shut_gate_is_shown_with_its_reason(operator: Person, world: World) -> None:
    world.gates.close("westcon", 600.0, "http_429")
    acts.admit(world, watch=WatchMove.START)

    page = operator.text("/destinations")

    assert "westcon closed in 10 min" in page
    assert "it asked to wait (429)" in page


def test_a_destination_that_no_settings_name_shows_its_gate_and_how_it_failed_last(
    console_of: Opener, world: World
) -> None:
    """The door has none of the partners' settings, and nothing waits there now."""
    acts.dead(world, acts.notification("N1", "globex"))
    world.gates.close("ingram/globex", 600.0, "http_429")
    with console_of() as person:
        page = person.sign_in().text("/destinations")

    assert re.search(r"ingram/globex closed in (10|9) min", page)
    assert re.search(r"it asked to wait \(429\) http_400 \d+ s ago : refused", page)


def test_a_dead_letter_is_found_from_its_group_with_its_reason_and_payload(
    operator: Person, world: World
) -> None:
    for n in range(3):
        acts.dead(world, acts.notification(f"N{n}"), number=f"SO-{n}")
    acts.dead(world, acts.notification("Z", "globex"), number="SO-9")

    groups = operator.get("/dead-letters")
    (one,) = re.findall(
        r'href="/console(/dead-letters\?fingerprint=\w+)"', groups.text
    )[:1]
    listed = operator.get(one).text
    letter = operator.text("/dead-letter?id=delivery%3AN1")

    assert "4 dead letters" in shown(groups.text)
    assert "3 refused notification ingram/acme" in shown(groups.text)
    assert listed.count('href="/console/dead-letter?id=delivery%3AN') == 3
    assert 'href="/console/order?number=SO-1"' in listed
    assert "refused" in letter
    assert "told" in letter


def test_dead_letters_are_chosen_by_kind_destination_and_order(
    operator: Person, world: World
) -> None:
    acts.dead(world, acts.notification("N1"))
    acts.dead(world, acts.notification("Z1", "globex"), number="SO-2")

    globex = operator.text(
        "/dead-letters?destination=ingram%2Fglobex&kind=notification"
    )
    second = operator.text("/dead-letters?order=SO-2")
    nothing = operator.text("/dead-letters?kind=watch")

    assert "1 dead letter," in globex
    assert "ingram/acme" not in globex
    assert "Letters of order SO-2" in second
    assert "delivery:Z1" in second
    assert "delivery:N1" not in second
    assert "There are none like that." in nothing


def test_refused_events_have_a_page_of_their_own(
    operator: Person, world: World
) -> None:
    assert "every event that has come could be read" in operator.text("/events")
    world.ledger.bury_event("1-0", of_event(b"{}"), "data: missing", "malformed")
    acts.dead(world, acts.notification("N1"))

    page = operator.text("/events")

    assert "1 event was refused" in page
    assert "data: missing" in page
    assert "ingram/acme" not in page


def test_a_letter_without_a_payload_shows_the_fields_of_its_entry(
    operator: Person, world: World
) -> None:
    fields = ((b"event", b'{"a": 1}'), (b"event", b"\xff"))
    world.ledger.bury_event("1-0", fields, "two fields", "code")

    page = operator.text("/dead-letter?id=event%3A1-0")

    assert "two fields" in page
    assert '"a": 1' in page
    assert "(base64)" in page


def test_an_order_is_found_by_its_number_and_by_its_purchase_order(
    operator: Person, world: World
) -> None:
    acts.admit(world, watch=WatchMove.START)
    before = world.ledger.uses("PO-7", "SO-1")
    world.ledger.give("PO-7", before, before)

    assert "SO-1 order SO-1" in operator.text("/orders?q=SO-1")
    assert "SO-1 purchase order PO-7" in operator.text("/orders?q=PO-7")
    nothing = operator.text("/orders?q=SO-404")
    assert "Nothing is called that" in nothing


def test_orders_are_listed_by_what_they_wait_for(
    operator: Person, world: World
) -> None:
    [watch] = acts.admit(world, number="SO-1", watch=WatchMove.START).leased
    acts.settle(world, acts.sent(world, watch), acts.AGAIN)
    planned = acts.admission(world, number="SO-2", watch=WatchMove.START)
    line = Line("/1", "1", "", "1", now=(Portion("BKO", "1"),))
    known = planned.order._replace(customer_id="C-2", lines=(line,), changed_ms=1)
    world.ledger.admit([replace(planned, order=known)])
    acts.admit(world, acts.notification("N3"), number="SO-3")
    planned = acts.admission(world, number="SO-4")
    moved = planned.order._replace(changed_ms=int(world.redis.time()[0]) * 1000)
    world.ledger.admit([replace(planned, order=moved)])

    asked = {
        "": "SO-1 SO-2 SO-3 SO-4",
        "state=open": "SO-1 SO-2 SO-3",
        "state=finished": "SO-4",
        "state=failing": "SO-1",
        "stage=bko": "SO-2",
        "customer=C-2": "SO-2",
        "destination=ingram%2Facme": "SO-3",
        "days=7&state=open": "SO-1 SO-2 SO-3",
        "days=7&state=finished": "",
        "after=9.x": "SO-1 SO-2 SO-3 SO-4",
        f"after=0.{2**64}.0": "SO-1 SO-2 SO-3 SO-4",
        "state=failing&customer=C-2": "",
    }
    found = {
        query: sorted(set(re.findall(r"number=(SO-\d)", page)))
        for query in asked
        if (page := operator.get(f"/orders?{query}").text)
    }

    assert found == {query: names.split() for query, names in asked.items()}
    failing = operator.text("/orders?state=failing")
    assert re.search(r"open, failing for \d+ s: http", failing)


def test_a_list_of_orders_goes_on_where_its_page_ended(
    operator: Person, world: World
) -> None:
    names = {f"SO-{n}" for n in range(120)}
    for name in names:
        acts.admit(world, number=name, watch=WatchMove.START)
    found, further = set[str](), "state=open"

    while further:
        page = operator.get(f"/orders?{further}").text
        found |= set(re.findall(r"number=(SO-\d+)", page))
        assert page.count("/order?number=") <= 50
        after = re.search(r'href="/console/orders\?([^"]+)"', page)
        further = unescape(after[1]) if after else ""
        assert not further or "state=open" in further

    assert found == names


def test_an_order_shows_its_lines_what_it_waits_for_and_its_timeline(
    operator: Person, world: World
) -> None:
    line = Line(
        "6/10",
        "10",
        "6",
        "5",
        reached=(Portion("SHI", "2"),),
        now=(Portion("BOR", "3"),),
    )
    line = line._replace(shipments=(Shipment("2027-01-05", "2"),))
    planned = acts.admission(world, (acts.link(),), watch=WatchMove.START)
    world.ledger.admit([replace(planned, order=planned.order._replace(lines=(line,)))])

    page = operator.get("/order?number=SO-1").text

    assert '<rect class="s2" x="0.0" width="40.0"' in page
    assert '<rect class="s1" x="40.0" width="60.0"' in page
    assert "2027-01-05" in page
    assert "order placed" in page
    assert 'class="dot plain"' in page


def test_reconcile_shows_its_last_run(operator: Person, redis: redis.Redis) -> None:
    assert "It has never run." in operator.text("/reconcile")
    note_run(redis, 1_790_000_000_000, {Found.NOT_WATCHED: 2})

    page = operator.text("/reconcile")

    assert f"{Found.NOT_WATCHED} 2" in page
    assert "last run" in page


def test_a_viewer_sees_every_page(stranger: Person, world: World) -> None:
    stranger.sign_in("vera")
    acts.dead(world, acts.notification("N1"))

    for path in ("/", "/dead-letters", f"/dead-letter?id={quote('delivery:N1')}"):
        assert stranger.get(path).status_code == 200


def test_a_page_that_is_not_there_names_what_to_do(operator: Person) -> None:
    assert operator.get("/order?number=SO-404").status_code == 404
    page = operator.get("/dead-letter?id=event%3A9-9")
    assert page.status_code == 404
    assert "it was replayed, or discarded" in page.text


def test_a_destination_that_does_not_exist_is_not_one_that_has_nothing(
    operator: Person, world: World
) -> None:
    acts.admit(world, acts.notification("N1"))

    for path in ("/dead-letters", "/orders"):
        wrong = operator.text(f"{path}?destination=acm")
        right = operator.text(f"{path}?destination=ingram%2Facme")

        assert "There is no destination 'acm'; did you mean ingram/acme?" in wrong
        assert "There is no destination" not in right


@pytest.mark.parametrize(
    "query",
    ["kind=bogus", "kind=Link", "kinds=link", "kind=link&older=3d", "kind=link&x=1"],
)
@pytest.mark.parametrize("page", ["", "/replay", "/discard"])
def test_what_a_query_names_in_vain_does_not_mean_more_letters(
    operator: Person, world: World, page: str, query: str
) -> None:
    acts.dead(world, acts.notification("N1"))

    answer = operator.get(f"/dead-letters{page}?{query}&destination=ingram%2Facme")

    assert answer.status_code == 400
    assert "delivery:N1" not in answer.text


@pytest.mark.parametrize("query", ["state=opne", "days=7d", "days=-1", "days=123456"])
def test_what_a_query_names_in_vain_does_not_mean_more_orders(
    operator: Person, query: str
) -> None:
    assert operator.get(f"/orders?{query}").status_code == 400


def test_an_item_of_an_order_is_not_told_what_it_is_twice(
    operator: Person, world: World
) -> None:
    acts.dead(world, acts.notification("N1"))
    acts.watch(world, number="SO-2")
    OrderActs(world.scripts, world.retention, world.places).abandon(
        "SO-2", (), Actor("jane")
    )

    dead = operator.text("/order?number=SO-1").partition("References")[0]
    ended = operator.text("/order?number=SO-2").partition("References")[0]

    assert "dead letter notification to ingram/acme, attempts: 1" in dead
    assert "dead letter is a dead letter" not in dead
    assert "is a dead letter" not in dead.partition("it is a dead letter")[0]
    assert "has ended" not in ended
    assert "ended" in ended
