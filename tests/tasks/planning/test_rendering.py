"""A change for an endpoint that its worker does not know, until one that does sends it.

Old knows acme, new knows acme and bravo, as in a deployment that adds bravo.
"""

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.errors import DecodeError
from serializers.ingram import encode
from serializers.ingram.record import pack, unpack
from serializers.order_record import LayoutError
from tasks.ledger_values import Hint, Kind
from tasks.outcomes.errors import Unavailable
from tasks.outcomes.outcome import NOT_WANTED, Again, Done, Later
from tasks.planning.notifications import plan_notifications
from tasks.planning.rendering import delivery
from tasks.planning.rules import EndpointRule
from tasks.services import Services
from tests.defaults import endpoint_rule, plan_rules
from tests.tasks.fake_items import Item
from tests.tasks.fakes import BRAVO, RULES, START_MS, World
from tests.tasks.samples import (
    changed,
    event,
    line,
    order,
    release,
    reported,
    take_in,
    transitions,
    work,
)

OLD = replace(RULES, endpoints={"acme": endpoint_rule()})

TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
TYPES = st.sampled_from(["im::order_shipped", "im::order_voided", "im::order_hold"])
PACKAGES = st.builds(encode.Package, TEXTS, TEXTS, TEXTS)
SHIPMENTS = st.builds(
    encode.Shipment,
    *[TEXTS] * 5,
    packages=st.lists(PACKAGES, max_size=2).map(tuple),
)
NOTIFICATIONS = st.builds(
    encode.Notification,
    event_id=TEXTS,
    event_timestamp=TEXTS,
    topic=TEXTS,
    event=TEXTS,
    resources=st.lists(
        st.builds(
            encode.Resource,
            TYPES,
            *[TEXTS] * 3,
            lines=st.lists(
                st.builds(
                    encode.NotificationLine,
                    *[TEXTS] * 8,
                    shipments=st.lists(SHIPMENTS, max_size=2).map(tuple),
                    serial_numbers=st.lists(TEXTS, max_size=2).map(tuple),
                    returned_quantity=TEXTS,
                ),
                max_size=2,
            ).map(tuple),
            links=st.lists(st.builds(encode.Link, *[TEXTS] * 3), max_size=1).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
)
RULE = st.builds(
    EndpointRule,
    body=st.sampled_from(encode.SPELLINGS),
    events=st.frozensets(TYPES),
)


def kept(world: World) -> Item:
    """The change for bravo of an event that names it, taken in by the old worker."""
    take_in(world, changed(1, "10:SHI", endpoints=("bravo",)))
    (item,) = world.items_at(BRAVO)
    return item


def hinted(world: World) -> Hint:
    claims = world.ledger.claim(Hint(BRAVO, 0, ()), 9)
    return Hint(BRAVO, 0, claims)


def old_world() -> World:
    """A world in which an old worker takes events in, with no room for bravo."""
    world = World(rules=OLD)
    world.ledger.room = False
    return world


def new(world: World, *events: str, body: str = "schema") -> Services:
    """A worker that knows bravo, which wants these events."""
    bravo = endpoint_rule(body, frozenset(events))
    return world.services(rules=replace(OLD, endpoints={"bravo": bravo}))


@given(NOTIFICATIONS)
def test_a_kept_notification_is_read_as_it_was(one: encode.Notification) -> None:
    assert unpack(pack(one)) == one


def test_every_field_of_a_notification_is_kept() -> None:
    shipment = encode.Shipment("a", "b", "c", "d", "e", (encode.Package(*"abc"),))
    full = encode.NotificationLine(
        *("a", "b", "c", "d", "e", "f", "g", "h"), (shipment,), ("s",), "r"
    )
    one = encode.Resource(
        *("a", "b", "c", "d"), (full,), (encode.Link(*"abc"),), late_facts=True
    )
    whole = encode.Notification("id", "at", (one,), "topic", "event")

    again = unpack(pack(whole))

    assert again == whole
    assert all((*full, *shipment))
    for value in (whole, one):
        assert all(getattr(value, each.name) for each in fields(value))


@given(NOTIFICATIONS, RULE)
def test_what_is_rendered_later_equals_what_is_rendered_at_once(
    one: encode.Notification, rule: EndpointRule
) -> None:
    world = old_world()
    at_once = delivery(one, "bravo", rule)
    later = delivery(one, "bravo", None)
    assert later is not None
    world.ledger._enter("SO-1", later)

    work(hinted(world), new(world, *rule.events, body=rule.body))

    sent = [body for _, _, body, _ in world.ingram.received]
    assert sent == ([] if at_once is None else [at_once.payload])
    assert at_once is None or at_once.id == later.id


def test_a_change_for_an_unknown_endpoint_is_kept_in_its_lane() -> None:
    world = old_world()

    item = kept(world)

    assert (item.state, item.kind) == ("due", Kind.CHANGE)
    assert world.ledger.lanes["SO-1", BRAVO] == [item.ref]


def test_a_poll_keeps_what_it_sees_for_an_unknown_endpoint() -> None:
    world = old_world()
    world.westcon.lines = {"600": (reported("SHI", order_number="600"),)}
    take_in(world, event("placed", 0, westcon_number="600", endpoints=("bravo",)))
    (claim,) = world.ledger.claim(Hint("westcon", 0, ()), 1)

    work(Hint("westcon", 0, (claim,)), world.services())

    assert [item.kind for item in world.items_at(BRAVO)] == [Kind.CHANGE]


def test_an_endpoint_added_while_a_look_is_under_way_is_notified_too() -> None:
    world = old_world()
    world.ledger.join("acme")
    world.westcon.lines = {"600": (reported("SHI", order_number="600"),)}
    take_in(world, event("placed", 0, westcon_number="600"))
    (claim,) = world.ledger.claim(Hint("westcon", 0, ()), 1)
    world.ledger.meanwhile = [lambda: world.ledger.join("bravo")]

    work(Hint("westcon", 0, (claim,)), world.services())

    assert [item.kind for item in world.items_at(BRAVO)] == [Kind.CHANGE]


def test_an_endpoint_added_while_an_event_is_planned_is_notified_too() -> None:
    world = old_world()
    world.ledger.meanwhile = [lambda: world.ledger.join("bravo")]

    take_in(world, changed(1, "10:SHI"))

    assert [item.kind for item in world.items_at(BRAVO)] == [Kind.CHANGE]


def test_a_change_is_stored_as_it_is_sent_before_it_is_sent() -> None:
    world = old_world()
    item = kept(world)
    world.ingram.errors = [Unavailable("no answer", code="timeout")]

    work(hinted(world), new(world, body="portal"))

    assert world.ledger.trips[-3:] == ["begin", "render", "settle"]
    assert item.kind is Kind.NOTIFICATION
    first = item.payload
    world.clock.pass_seconds(60)
    work(hinted(world), new(world, body="schema"))
    assert [body for _, _, body, _ in world.ingram.received] == [first]
    assert b"evenTtimeStamp" in first


def test_a_change_that_could_not_be_stored_is_not_sent() -> None:
    world = old_world()
    kept(world)
    hint = hinted(world)
    world.ledger.broken = {"render"}

    with pytest.raises(ConnectionError):
        work(hint, new(world))

    assert world.ingram.received == []


def test_a_change_that_another_worker_has_meanwhile_is_not_sent() -> None:
    world = old_world()
    item = kept(world)
    hint = hinted(world)

    def overtaken() -> None:
        item.fence += 1

    world.ledger.meanwhile = [overtaken]
    report = work(hint, new(world))

    assert world.ingram.received == []
    assert isinstance(report.outcomes[item.ref], Later)


def test_a_change_of_which_nothing_is_wanted_is_done_and_the_lane_goes_on() -> None:
    world = old_world()
    first = kept(world)
    take_in(world, event("cancelled", 2, endpoints=("bravo",)))
    wanting_voids = new(world, "im::order_voided")

    report = work(hinted(world), wanting_voids)

    assert report.outcomes == {first.ref: Done()}
    assert report.made[first.ref].result == NOT_WANTED
    assert world.ingram.received == []
    # Nobody was called: the gate learns nothing, and a probe is free.
    assert world.gates.reported == [("unused", BRAVO)]
    work(hinted(world), wanting_voids)
    assert len(world.ingram.received) == 1


def test_a_change_of_a_later_release_waits_for_it_and_is_not_in_doubt() -> None:
    world = old_world()
    item = kept(world)
    record = json.loads(item.payload)
    item.payload = json.dumps([record[0] + 1, record[1]]).encode()

    report = work(hinted(world), new(world))

    outcome = report.outcomes[item.ref]
    assert isinstance(outcome, Again)
    assert (outcome.code, outcome.ambiguous) == ("record", False)
    assert world.ingram.received == []


def test_an_unknown_field_is_another_releases_and_nonsense_is_nobodys() -> None:
    _, (one,) = plan_notifications(
        order(),
        transitions(("", line("SHI"))),
        plan_rules(everyone=frozenset({"x"})),
        START_MS,
    )
    layout, record = json.loads(one.payload)

    with pytest.raises(LayoutError):
        unpack(json.dumps([layout, record | {"more": 1}]).encode())
    with pytest.raises(DecodeError):
        unpack(b"[1,")


def test_what_an_old_worker_kept_and_a_new_one_planned_goes_in_order() -> None:
    world = old_world()
    kept(world)
    world.rules = RULES
    take_in(world, event("cancelled", 2, endpoints=("bravo",)))

    release(world)

    assert [status for _, status in world.ingram.notified("bravo")] == [
        "IM::shipped",
        "IM::voided",
    ]
