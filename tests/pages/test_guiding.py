"""Where pages lead, and in which words: to the letter, its order, what to do next."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from serializers.events.entry_fields import of_event
from serializers.order_record import Line, Portion
from tasks.ledger_values import WatchMove
from tasks.outcomes.outcome import GiveUp
from tests.ledger import acts
from tests.ledger.clock import World
from tests.pages.conftest import Person, shown, token_of
from tests.pages.test_acting import corrected, pressed
from tests.serializers.events.event_samples import wire

#: The letter of an event without its type.
LETTER = "/dead-letter?id=event%3A7-0"


@pytest.fixture
def refused(world: World) -> World:
    body = json.dumps(wire(type=None)).encode()
    world.ledger.bury_event("7-0", of_event(body), "event: type: missing", "malformed")
    return world


def main_button(page: str) -> str:
    """The words of a page's main button."""
    found = re.findall(r'<a class="button main"[^>]*>([^<]+)</a>', page)
    assert len(found) == 1, found
    return str(found[0])


def test_a_corrected_event_leads_to_its_order_and_to_the_refused_ones(
    operator: Person, refused: World
) -> None:
    assert refused.letters.count() == 1
    path = "/dead-letter/correct?id=event%3A7-0"
    form = {
        "token": token_of(operator.get(path)),
        "id": "event:7-0",
        "text": json.dumps(wire(type="order.placed")),
    }
    checked = operator.send(path, form, Sec_Fetch_Site="same-origin").text
    revision = re.search(r'name="shown" value="([^"]*)"', checked)
    assert revision
    sent = operator.send(
        path, form | {"shown": revision[1]}, Sec_Fetch_Site="same-origin"
    ).text

    assert "a new id, since the old one is known already" in checked
    assert "The letter itself stays until it is discarded." in checked
    assert "@@" not in shown(checked)
    assert "--- before" not in shown(checked)
    assert 'href="/console/order?number=SO-1">Order SO-1</a>' in sent
    assert 'href="/console/events">Refused events</a>' in sent
    assert "if it is refused again, it is among the refused events" in shown(sent)


def test_a_corrected_letter_says_so_wherever_it_is_shown(
    operator: Person, refused: World
) -> None:
    before = operator.get(LETTER).text
    corrected(operator, json.dumps(wire(type="order.placed")))
    entries: Any = refused.redis.xrange("orders:events")
    (added,) = entries
    id_ = json.loads(added[1][b"event"])["id"]

    after = operator.get(LETTER).text
    listed = operator.get("/events").text
    discard = operator.text("/dead-letters/discard?id=event%3A7-0")

    assert main_button(before) == "Correct it"
    assert main_button(after) == "Discard it"
    assert "Correct it again" in after
    assert f"sent as {id_}, order SO-1 . This letter can be" in shown(after)
    assert f"corrected, sent as {id_}" in shown(listed)
    assert "e-1 " in shown(listed)
    assert "SO-1" in listed
    assert "the corrected event is not affected" in discard


def test_what_was_refused_for_its_content_says_why_it_was_not_tried_again(
    operator: Person, world: World
) -> None:
    for n, code in enumerate(("http_422", "http_503")):
        hint = acts.admit(world, acts.notification(f"N{n}"), number=f"SO-{n}").leased
        gave_up = GiveUp(f"acme answered {code}: no such sku", code)
        acts.settle(world, acts.sent(world, hint[0]), gave_up)

    content = operator.get("/dead-letter?id=delivery%3AN0").text
    moment = operator.text("/dead-letter?id=delivery%3AN1")

    assert "no such sku" in content
    assert "not tried again after this first attempt: 422 says" in content
    assert "not tried again" not in moment
    assert "<h1>Notification to ingram/acme, order SO-0</h1>" in content
    assert main_button(content) == "Replay it"
    assert ">Correct it</a>" in content


def test_an_act_says_in_a_sentence_what_it_does(operator: Person, world: World) -> None:
    acts.dead(world, acts.notification("N1"))
    world.ledger.bury_event("7-0", of_event(b"[]"), "no object", "malformed")

    one = operator.text("/dead-letters/replay?id=delivery%3AN1")
    event = operator.text("/dead-letters/replay?id=event%3A7-0")
    gone = operator.text("/dead-letters/discard?id=event%3A7-0")

    assert "the same notification again, to ingram/acme alone, under the same id" in one
    assert "Puts the same event into the stream again" in event
    assert "Removes this letter for good" in gone
    assert "To the stream" not in event + gone


def test_a_reason_that_is_required_is_asked_for_by_the_page_itself(
    operator: Person, world: World
) -> None:
    for n in range(3):
        acts.dead(world, acts.notification(f"N{n}"), number=f"SO-{n}")
    path = "/dead-letters/discard?kind=notification"
    page = operator.get(path).text
    found = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    )

    answer = operator.send(path, found | {"first": "1"}, Sec_Fetch_Site="same-origin")

    assert "Why (required)" in page
    assert re.search(r'<form class="sheet"[^>]* novalidate>', page)
    assert "A reason is required" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert '<option value="1" selected>' in answer.text
    assert "(required)" not in operator.text("/dead-letters/replay?kind=notification")


def test_a_group_of_one_leads_straight_to_its_letter(
    operator: Person, world: World
) -> None:
    acts.dead(world, acts.notification("N1"))
    acts.dead(world, acts.notification("Z1", "globex"), number="SO-2")
    acts.dead(world, acts.notification("Z2", "globex"), number="SO-3")

    groups = operator.get("/dead-letters").text
    single = operator.get("/dead-letters?order=SO-1").text

    assert groups.count('href="/console/dead-letter?id=delivery%3AN1"') == 1
    assert groups.count('href="/console/dead-letters?fingerprint=') == 1
    assert 'href="/console/dead-letter/correct?id=delivery%3AN1"' in single
    assert not re.search(r"Given up ([^F]+) to \1Fingerprint", shown(single))


def test_now_leads_to_its_dead_letters_before_it_names_the_command(
    operator: Person, world: World
) -> None:
    acts.dead(world, acts.notification("N1"))

    page = operator.get("/").text

    link = '<a href="/console/dead-letters">Dead letters</a>'
    assert f"{link} (<code>waybill dead-letters list</code>)" in page


def test_a_letter_that_is_gone_says_who_decided_and_keeps_the_menu(
    operator: Person, world: World
) -> None:
    acts.dead(world, acts.notification("N1"))
    pressed(operator, "/dead-letters/replay?id=delivery%3AN1")

    page = operator.get("/dead-letter?id=delivery%3AN1")

    assert page.status_code == 404
    assert "olga replayed it on" in page.text
    assert "order SO-1 has what became of it" in page.text
    assert "Sign out" in page.text


def test_codes_are_explained_and_words_left_out_that_say_nothing(
    operator: Person, world: World
) -> None:
    line = Line("6/10", "10", "6", "5", reached=(Portion("SHI", "2"),))
    line = line._replace(now=(Portion("XYZ", "3"),))
    planned = acts.admission(world, (), watch=WatchMove.START)
    world.ledger.admit([replace(planned, order=planned.order._replace(lines=(line,)))])

    order = operator.get("/order?number=SO-1").text
    listed = operator.text("/orders")

    assert '<abbr title="shipped">SHI</abbr>' in order
    assert "SHI: shipped." in shown(order)
    assert "XYZ: " not in shown(order)
    assert "1 order; there are no more." in listed
    assert "point at an age" in order
    assert "point at an age" not in operator.text("/reconcile")


def test_what_was_done_to_a_destination_leads_to_destinations(
    operator: Person, world: World
) -> None:
    acts.dead(world, acts.notification("N1"))
    pressed(operator, "/destination/pause?name=ingram%2Facme", reason="until six")

    page = operator.get("/audit?target=ingram%2Facme").text

    assert '<a href="/console/destinations#ingram%2Facme">ingram/acme</a>' in page


def test_what_was_given_up_is_told_as_past(operator: Person, world: World) -> None:
    acts.dead(world, acts.notification("N1"))

    page = operator.text("/order?number=SO-1")

    assert "was given up" in page
    assert "and became a dead letter" in page
