"""Events that come again and events that no one can read, among good ones."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from celery import Celery

from serializers.events.entry_fields import Fields
from tests.defaults import RETENTION
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.pages import page
from tests.processes.site import running_site
from tests.processes.waiting import until
from workers.ledger.dead_letters import DeadLetters
from workers.ledger.scripts import Scripts

pytestmark = pytest.mark.processes


def test_an_event_that_comes_again_has_effect_once(tmp_path: Path) -> None:
    twice, often = orders = feed.numbers(0, 2)
    with running_site(tmp_path, delay=0.05) as site:
        site.worker("first").started()
        site.worker("second").started()
        stream = feed.stream_at(site.redis.url)

        stream.publish(feed.placed(twice))
        stream.publish(feed.placed(twice))
        with ThreadPoolExecutor(10) as producers:
            list(producers.map(stream.publish, [feed.placed(often)] * 10))
        accounts = accounted(site, orders)

        assert site.ledger.count("duplicate") == 10
        assert site.ledger.count("admitted") == 2
    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
    assert accounts.ambiguous == 0


def test_unreadable_events_become_dead_letters_while_others_go_on(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 20)
    bad = {
        "malformed": b'{"specversion": "1.0", "id": "broken',
        "oversized": feed.event("order.placed", "1", {"note": "x" * 2_000_000}),
        "unknown type": feed.event("order.eaten", "2", {"order_number": "2"}),
        "not text": b"\xff\xfe\x00",
    }
    with running_site(tmp_path, delay=0.05) as site:
        site.worker("first").started()
        stream = feed.stream_at(site.redis.url)

        feed.publish(site.redis.url, orders[:10])
        entries = {stream.publish(body): name for name, body in bad.items()}
        feed.publish(site.redis.url, orders[10:])
        accounts = accounted(site, orders)
        letters = site.ledger.letters()

    assert {ref.removeprefix("event:") for ref in letters} == set(entries)
    for ref, (payload, why) in letters.items():
        assert payload == bad[entries[ref.removeprefix("event:")]]
        assert why
    assert accounts.lost == frozenset()
    assert accounts.doubled == 0


def binary_mode(number: str) -> Fields:
    """`feed.placed`, its attributes in fields of their own."""
    event = json.loads(feed.placed(number))
    data = json.dumps(event.pop("data")).encode()
    attributes = ((f"ce_{name}".encode(), v.encode()) for name, v in event.items())
    return (*attributes, (b"data", data), (b"content-type", b"application/json"))


def test_entries_without_the_field_event_are_read_or_kept_whole(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 3)
    whole = feed.placed(orders[0])
    odd: tuple[Fields, ...] = (
        ((b"data", whole), (b"ce_id", b"1")),
        ((b"event", whole), (b"event", b"\xff")),
        ((b"\xfe\x00", b"\xff" * 300_000), (b"\xfe\x00", b"")),
        ((b"", b""),),
    )
    with running_site(tmp_path, delay=0.05) as site:
        site.worker("first").started()
        stream = feed.stream_at(site.redis.url).only
        dead_letters = DeadLetters(
            site.ledger.client, Scripts(site.ledger.client), stream, RETENTION
        )

        kept = {stream.add(fields): fields for fields in odd}
        feed.publish(site.redis.url, orders[:1])
        for number in orders[1:]:
            stream.add(binary_mode(number))
        # In structured mode it is the same event.
        feed.publish(site.redis.url, orders[1:])
        accounts = accounted(site, orders)
        # The letters are the only copies: the stream keeps nothing.
        site.ledger.client.xtrim("orders:events", maxlen=0)
        ids = [one.id for one in dead_letters.all()]
        letters = {id_: dead_letters.find(id_) for id_ in ids}

    assert {ref: one.fields for ref, one in letters.items() if one} == {
        f"event:{entry}": fields for entry, fields in kept.items()
    }
    assert all(one and one.reason for one in letters.values())
    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
    assert accounts.dead == len(odd)


def test_whatever_comes_by_celery_is_an_event_or_kept(tmp_path: Path) -> None:
    as_text, as_object = orders = feed.numbers(0, 2)
    odd = ('{"id": "\ud800"}', "\udfff", 17, None, [1.5], {"id": "\ud800"})
    with running_site(tmp_path, delay=0.05) as site:
        site.worker("first").started()
        erp = Celery(broker=site.servers.hints.own_url, set_as_current=False)

        for event in (
            *odd,
            feed.placed(as_text).decode(),
            json.loads(feed.placed(as_object)),
        ):
            erp.send_task(
                "orders.publish", args=[event], queue="orders", ignore_result=True
            )
        accounts = accounted(site, orders)
        letters = [body for body, _ in site.ledger.letters().values()]

    wanted = (each if isinstance(each, str) else json.dumps(each) for each in odd)
    assert sorted(letters) == sorted(
        text.replace("\\ud800", "\ud800").encode(errors="surrogatepass")
        for text in wanted
    )
    assert accounts.lost == frozenset()


def test_good_events_that_nobody_has_time_for_wait_and_are_no_dead_letters(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 20)
    with running_site(tmp_path, LEASE="1.5", DEADLINE="1", INTAKE_TRIES="2") as site:
        feed.publish(site.redis.url, orders)
        site.worker("elsewhere", "-Q", "westcon,deck,ingram").started()
        # Handed out over and over, since nobody takes them from the queue.
        until("hints pile up", lambda: site.ledger.client.llen("orders") > 4)

        site.worker("late").started()

        accounts = accounted(site, orders)
    assert accounts.lost == frozenset()
    assert accounts.dead == 0


def test_a_slip_in_a_members_name_is_admitted_logged_and_counted(
    tmp_path: Path,
) -> None:
    (number,) = feed.numbers(0, 1)
    data = {"order_number": number, "custommer_id": "C-1", "colour": "red"}
    with running_site(tmp_path, delay=0.05) as site:
        worker = site.worker("first").started()
        feed.stream_at(site.redis.url).publish(feed.event("order.placed", number, data))

        counted = 'waybill_misspelled_members_total{meant="customer_id"} 1.0'
        until("it is counted", lambda: counted in page(worker, "/metrics")[1] or None)
        until("it is logged", lambda: "member_misspelled" in worker.output() or None)
        admitted, log = site.ledger.count("admitted"), worker.output()

    assert admitted == 1
    assert '"member": "data.custommer_id"' in log
    assert "colour" not in log
