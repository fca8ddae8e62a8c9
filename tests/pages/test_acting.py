"""Acts: shown before they are done, by whom they may be done, and what they leave."""

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
import redis

from serializers.audit.entry import AuditEntry, decode
from serializers.events.entry_fields import of_event
from tasks.ledger_values import WatchMove
from tests.ledger import acts
from tests.ledger.clock import World
from tests.pages.conftest import Opener, Person, shown, token_of
from tests.serializers.events.event_samples import wire
from tests.waybill.terminal import ABLE, known_to_a_worker
from workers.ledger import keys
from workers.ledger.audit.reader import AuditReader
from workers.ledger.identity.heartbeats import Heartbeats
from workers.ledger.views.overview import ALL_SHOWN

#: A path of each act, with what its form has besides what was shown.
ACTS = {
    "/dead-letters/replay?id=delivery%3AN1": {},
    "/dead-letters/discard?id=delivery%3AN1": {"reason": "sent by hand"},
    "/dead-letters/replay?destination=ingram%2Facme": {},
    "/dead-letters/discard?kind=notification": {"reason": "sent by hand"},
    "/destination/pause?name=ingram%2Facme": {},
    "/destination/gate?name=westcon": {},
    "/order/poll?number=SO-2": {},
}


@pytest.fixture
def filled(world: World) -> World:
    """A dead letter, a watched order, and a gate that is closed."""
    acts.dead(world, acts.notification("N1"))
    acts.admit(world, number="SO-2", watch=WatchMove.START)
    world.gates.close("westcon", 600.0, "http_429")
    return world


def pressed(person: Person, path: str, **more: str) -> str:
    """Press the button of an act's page; what is shown then."""
    page = person.get(path)
    assert page.status_code == 200, page.text
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    form = dict(found) | more
    answer = person.send(path.partition("?")[0], form, Sec_Fetch_Site="same-origin")
    assert answer.status_code == 200, answer.text
    return shown(answer.text)


def entries(world: World) -> list[AuditEntry]:
    return [decode(raw) for raw in AuditReader(world.redis).entries(0)]


def still(world: World) -> dict[str, object]:
    """All that acts change: the ledger's keys, and the gates."""
    return acts.everything(world) | {
        str(key): world.redis.dump(key) for key in world.redis.keys("wb:gate:*")
    }


@pytest.mark.parametrize("path", ACTS)
def test_an_act_is_shown_before_it_is_done(
    operator: Person, filled: World, path: str
) -> None:
    before = still(filled)
    page = operator.get(path)
    form = {"token": token_of(page)} | ACTS[path]
    where, _, query = path.partition("?")
    name, _, value = query.partition("=")

    skipped = operator.send(
        where,
        form | {name: value.replace("%3A", ":").replace("%2F", "/")},
        Sec_Fetch_Site="same-origin",
    )

    assert page.status_code == 200
    assert "What it would do" in page.text
    assert skipped.status_code == 409
    assert "this is how it stands" in skipped.text
    assert still(filled) == before


def test_nothing_is_done_to_another_ledger_than_the_settings_are_of(
    operator: Person, filled: World
) -> None:
    page = operator.get("/dead-letters/discard?id=delivery%3AN1")
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    filled.redis.set(keys.DEPLOYMENT, "another")
    before = still(filled)

    form = dict(found) | {"reason": "sent by hand"}
    answer = operator.send("/dead-letters/discard", form, Sec_Fetch_Site="same-origin")

    assert answer.status_code == 409
    assert "WAYBILL_DEPLOYMENT" in shown(answer.text)
    assert still(filled) == before


@pytest.mark.parametrize("path", ACTS)
def test_what_was_done_stands_in_the_audit_with_who_and_by_which_door(
    operator: Person, filled: World, path: str
) -> None:
    before = still(filled)

    pressed(operator, path, **ACTS[path])

    assert still(filled) != before
    (entry,) = entries(filled)
    assert (entry.stated("who"), entry.stated("door")) == ("olga", "console")
    assert entry.stated("why") == ACTS[path].get("reason", "")


@pytest.mark.parametrize("path", [*ACTS, "/dead-letter/correct?id=delivery%3AN1"])
def test_a_viewer_may_do_none_of_it_and_is_offered_none(
    stranger: Person, filled: World, path: str
) -> None:
    stranger.sign_in("vera")
    before, token = still(filled), token_of(stranger.get("/"))
    form = {"token": token, "until": "9999999999999", "shown": "open", "id": "N1"}

    answers = [
        stranger.get(path),
        stranger.send(path, form, Sec_Fetch_Site="same-origin"),
    ]

    assert [one.status_code for one in answers] == [403, 403]
    assert still(filled) == before
    pages = ("/destinations", "/dead-letters?kind=notification", "/order?number=SO-2")
    for page in (*pages, "/dead-letter?id=delivery%3AN1"):
        assert not re.search(
            r'href="/console/[\w-]+/(replay|discard|correct|pause|gate|poll)',
            stranger.get(page).text,
        )


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "http://evil.example"},
        {},
    ],
)
@pytest.mark.parametrize("path", ACTS)
def test_what_another_page_sends_does_nothing(
    operator: Person, filled: World, path: str, headers: dict[str, str]
) -> None:
    page = operator.get(path)
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    before = still(filled)

    answer = operator.send(path.partition("?")[0], dict(found) | ACTS[path], **headers)

    assert answer.status_code == 403
    assert still(filled) == before


def test_a_form_without_the_sessions_token_acts_on_nothing(
    operator: Person, filled: World
) -> None:
    path = "/dead-letters/replay?id=delivery%3AN1"
    page = operator.get(path)
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    other = token_of(Person(operator.url).sign_in().get("/"))

    for token in ("", other):
        form = dict(found) | {"token": token}
        answer = operator.send(path, form, Sec_Fetch_Site="same-origin")
        assert answer.status_code == 403

    assert filled.letters.count() == 1


def test_what_destroys_asks_for_a_reason(operator: Person, filled: World) -> None:
    path = "/dead-letters/discard?id=delivery%3AN1"
    page = operator.get(path)
    found = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    )

    answer = operator.send(path, found | {"reason": " "}, Sec_Fetch_Site="same-origin")

    assert answer.status_code == 409
    assert "write down why" in answer.text
    assert filled.letters.count() == 1


def test_a_dry_run_names_how_many_to_whom_and_what_is_left(
    operator: Person, world: World
) -> None:
    for n in range(12):
        acts.dead(world, acts.notification(f"N{n}"), number=f"SO-{n}")
    acts.dead(world, acts.notification("Z", "globex"), number="SO-99")
    for _ in range(2):
        world.letters.replay("delivery:N3")
        acts.settle(
            world, acts.sent(world, acts.claim(world, "ingram/acme")), acts.GIVE_UP
        )

    page = operator.text("/dead-letters/replay?kind=notification")
    few = pressed(operator, "/dead-letters/replay?kind=notification", first="10")
    left = pressed(operator, "/dead-letters/replay?kind=notification")

    assert "Letters 13 To 12 to ingram/acme, 1 to ingram/globex" in page
    assert "1 would be left: replayed twice before." in page
    assert "10 on their way again." in few
    assert "1 is left as it is: it was replayed twice before." in left
    assert world.letters.count() == 1
    pressed(operator, "/dead-letters/replay?kind=notification", again="yes")
    assert world.letters.count() == 0


def test_only_what_was_shown_is_acted_on(operator: Person, world: World) -> None:
    acts.dead(world, acts.notification("N1"))
    path = "/dead-letters/discard?kind=notification"
    page = operator.get(path)
    found = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    )
    world.clock.advance(10_000)
    acts.dead(world, acts.notification("N2"), number="SO-2")

    answer = operator.send(
        path, found | {"reason": "shown"}, Sec_Fetch_Site="same-origin"
    )

    assert "1 is discarded." in shown(answer.text)
    assert world.letters.has("delivery:N2")


def test_a_page_acts_on_the_oldest_of_very_many(
    operator: Person, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waybill.pages.acting.chosen.MOST", 3)
    monkeypatch.setattr("waybill.pages.acting.letters.MOST", 3)
    for n in range(5):
        acts.dead(world, acts.notification(f"N{n}"), number=f"SO-{n}")

    page = operator.text("/dead-letters/replay?kind=notification")
    done = pressed(operator, "/dead-letters/replay?kind=notification")

    assert "Letters 3 of 5" in page
    assert "3 on their way again." in done
    assert world.letters.count() == 2


def test_without_a_filter_nothing_is_meant(operator: Person, filled: World) -> None:
    answer = operator.get("/dead-letters/replay")

    assert answer.status_code == 400
    assert filled.letters.count() == 1


@pytest.mark.usefixtures("filled")
def test_a_paused_destination_goes_on_again(operator: Person) -> None:
    pressed(operator, "/destination/pause?name=ingram%2Facme", reason="until six")
    page = operator.text("/destinations")
    pressed(operator, "/destination/resume?name=ingram%2Facme")

    assert "ingram/acme paused" in page
    assert "until six" in page
    assert "ingram/acme open" in operator.text("/destinations")
    assert operator.get("/destination/pause?name=nobody").status_code == 404


def test_what_workers_have_is_paused_before_anything_waits_there(
    operator: Person, world: World
) -> None:
    """The door has none of the partners' settings; maintenance begins tonight."""
    known_to_a_worker(world.redis, "acme", "globex")
    names = {"account": ["default"], "site": ["default", "xml"]}
    Heartbeats(world.redis).beat("a third", replace(ABLE, name="3@t", names=names))
    shown = operator.text("/destinations")

    for name in ("deck", "deck/xml", "ingram/globex", "westcon"):
        assert f"{name} open Pause" in shown
        pressed(operator, f"/destination/pause?name={quote(name, safe='')}")

    after = operator.text("/destinations")
    assert "deck/xml paused" in after
    assert "ingram/globex paused" in after
    assert "ingram/acme open" in after
    works = acts.link("L1"), acts.notification("N1", "globex")
    acts.admit(world, *works, watch=WatchMove.START)
    held = [acts.claim(world, one) for one in ("deck", "ingram/globex", "westcon")]
    assert [len(one.claims) for one in held] == [0, 0, 0]


def test_an_endpoint_that_is_not_shown_is_paused_all_the_same(
    operator: Person, world: World
) -> None:
    known_to_a_worker(world.redis, *(f"e{n}" for n in range(ALL_SHOWN + 1)))
    acts.watch(world)

    assert "And 101 endpoints that have nothing to do" in operator.text("/destinations")
    pressed(operator, "/destination/pause?name=ingram%2Fe7")
    assert "ingram/e7 paused" in operator.text("/destinations")


@pytest.mark.usefixtures("filled")
def test_a_gate_is_opened_for_a_call_where_it_is_closed(operator: Person) -> None:
    gate = "/destination/gate?name="
    assert "There is nothing to do." in operator.text(f"{gate}ingram%2Facme")
    pressed(operator, f"{gate}westcon")

    assert "westcon half open" in operator.text("/destinations")


BROKEN = json.dumps(wire(type=None, data__note="\u202e<script>alert(1)</script>\x1b"))


@pytest.fixture
def refused(world: World) -> World:
    """An event without its type was refused."""
    fields = of_event(BROKEN.encode())
    world.ledger.bury_event("7-0", fields, "event: type: missing", "malformed")
    return world


def corrected(person: Person, text: str, letter: str = "event:7-0") -> tuple[str, str]:
    """Edit a letter, look at what differs, send it: what both pages show."""
    path = f"/dead-letter/correct?id={quote(letter)}"
    form = {"token": token_of(person.get(path)), "id": letter, "text": text}
    checked = person.send(path, form, Sec_Fetch_Site="same-origin")
    found = re.search(r'name="shown" value="([^"]*)"', checked.text)
    if found is None:
        return shown(checked.text), ""
    sent = person.send(
        path, form | {"shown": found[1], "reason": "typo"}, Sec_Fetch_Site="same-origin"
    )
    return shown(checked.text), shown(sent.text)


def test_a_refused_event_is_corrected_and_published(
    operator: Person, refused: World, redis: redis.Redis
) -> None:
    page = operator.get("/dead-letter/correct?id=event%3A7-0").text
    right = json.loads(BROKEN) | {"type": "order.placed"}

    differs, sent = corrected(operator, json.dumps(right))

    assert r"\u202e&lt;script&gt;alert(1)&lt;/script&gt;\u001b" in page
    assert '+ "type": "order.placed"' in differs
    assert "Sent" in sent
    added: Any = redis.xrange("orders:events")
    ((_, fields),) = added
    event = json.loads(fields[b"event"])
    assert event["type"] == "order.placed"
    assert event["data"]["note"] == right["data"]["note"]
    (entry,) = entries(refused)
    assert entry.stated("what") == "event.corrected"
    assert (entry.stated("who"), entry.stated("why")) == ("olga", "typo")
    assert f"Corrected by olga, 0 s ago ; sent as {event['id']}" in operator.text(
        "/dead-letter?id=event%3A7-0"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "this is no JSON"),
        (json.dumps(wire(type="order.placed", data__order_number=5)), "must be a text"),
        (json.dumps(wire(type="order.placed", id="\ud800")), "lone surrogate"),
        ("[" * 5_000 + "]" * 5_000, "no JSON"),
    ],
)
def test_what_would_be_refused_again_is_not_sent(
    operator: Person, refused: World, text: str, problem: str
) -> None:
    page, sent = corrected(operator, text)

    assert problem in page
    assert sent == ""
    assert refused.redis.xlen("orders:events") == 0


def test_nothing_is_sent_that_was_not_shown(operator: Person, refused: World) -> None:
    path = "/dead-letter/correct?id=event%3A7-0"
    form = {
        "token": token_of(operator.get(path)),
        "id": "event:7-0",
        "text": json.dumps(wire(type="order.placed")),
        "shown": "another",
    }

    answer = operator.send(path, form, Sec_Fetch_Site="same-origin")

    assert "What would be sent" in answer.text
    assert refused.redis.xlen("orders:events") == 0


def test_a_corrected_notification_goes_to_its_receiver(
    operator: Person, world: World
) -> None:
    body = {"eventId": "A" * 26, "resource": [{"orderNumber": "SO-1"}]}
    new = replace(
        acts.notification("A" * 26 + ".acme"), payload=json.dumps(body).encode()
    )
    acts.dead(world, new)
    right = json.dumps(body | {"topic": "resellers/orders"})

    _, sent = corrected(operator, right, f"delivery:{new.id}")

    found = re.search(r"delivery:\w+\.acme", sent)
    assert found, sent
    assert b"resellers/orders" in acts.field(world, found[0], "payload").encode()
    assert acts.state(world, found[0]) in {"due", "lane", "leased"}


def test_a_watch_has_nothing_to_correct(operator: Person, world: World) -> None:
    hint = acts.sent(world, acts.watch(world))
    acts.settle(world, hint, acts.GIVE_UP)
    (letter,) = world.letters.all()

    answer = operator.get(f"/dead-letter/correct?id={quote(letter.id)}")

    assert answer.status_code == 409
    assert (
        "/dead-letter/correct"
        not in operator.get(f"/dead-letter?id={quote(letter.id)}").text
    )


def test_the_audit_is_verified_and_taken_away(
    console_of: Opener, filled: World
) -> None:
    with console_of(WAYBILL_AUDIT_KEY="k" * 40) as person:
        person.sign_in()
        pressed(person, "/dead-letters/replay?id=delivery%3AN1", reason="acme is back")
        whole = person.text("/audit/verify")
        listed = person.text("/audit?who=olga&what=replayed")
        export = person.get("/audit/export")
        nobody = person.text("/audit?who=vera")
        (raw,) = AuditReader(filled.redis).entries(0)
        other = raw.replace(b"olga", b"vera").decode()
        filled.redis.lset(keys.audit(keys.prefix(0)), 0, other)
        changed = person.text("/audit/verify")

    assert "Audit, verified" in whole
    assert "Partition 0: whole 1 entries, 1 signed" in whole
    assert "olga console dead_letter.replayed delivery:N1" in listed
    assert "acme is back" in listed
    assert json.loads(export.text)["target"] == "delivery:N1"
    assert "attachment" in export.headers["content-disposition"]
    assert "Nobody has done anything like that." in nobody
    assert "Audit, not whole" in changed
    assert "entry 1 was changed" in changed


@pytest.mark.usefixtures("filled")
def test_what_was_done_to_a_letter_is_found_by_its_order(operator: Person) -> None:
    done = pressed(operator, "/dead-letters/replay?id=delivery%3AN1")
    found = operator.get("/audit?target=SO-1").text
    nothing = operator.text("/audit?target=SO-10")

    assert "is on its way again" in done
    assert 'href="/console/dead-letter?id=delivery%3AN1">delivery:N1</a>' in found
    assert 'href="/console/order?number=SO-1">SO-1</a>' in found
    assert "A target is named whole: the number of an order" in nothing


def test_the_entries_of_an_act_say_that_there_are_others(
    operator: Person, filled: World
) -> None:
    pressed(operator, "/dead-letters/replay?id=delivery%3AN1")
    (entry,) = entries(filled)

    own = operator.text(f"/audit?run={entry.stated('run')}")

    assert "Showing only what you just did. Show all" in own
    assert "Showing only" not in operator.text("/audit")


@pytest.mark.usefixtures("filled")
def test_a_chain_whose_signatures_nobody_has_checked_is_not_called_verified(
    operator: Person,
) -> None:
    pressed(operator, "/dead-letters/replay?id=delivery%3AN1")

    page = operator.get("/audit/verify").text

    assert "Audit, whole; signatures were not checked" in page
    assert "verified</" not in page
    assert 'class="sheet verdict wait"' in page


def test_an_order_that_no_worker_can_look_at_is_not_said_to_be_looked_at_now(
    operator: Person, world: World
) -> None:
    acts.watch(world)
    alive = pressed(operator, "/order/poll?number=SO-1")
    world.redis.delete(keys.WORKERS)

    nobody = pressed(operator, "/order/poll?number=SO-1")

    assert "A worker looks at it now" in alive
    assert "as soon as a worker can: no worker is alive." in nobody
