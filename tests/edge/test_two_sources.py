"""Two ERPs with one order number: taken for one with a warning, or kept apart."""

import json
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest
import redis
from structlog.testing import capture_logs

from tasks.receive import receive
from tests.edge.site import RULES, Site
from tests.waybill.terminal import Terminal, ledger_of
from workers.celery_app.runs import _warn_of_merged
from workers.telemetry.ledger_metrics import LedgerMetrics
from workers.telemetry.ledger_snapshot import ledger_look

A, B = "/erp/a", "/erp/b"


def event(source: str, kind: str, number: str = "SO-1", **data: Any) -> bytes:
    body = {
        "specversion": "1.0",
        "id": f"{number}-{kind}",
        "source": source,
        "type": f"order.{kind}",
        "data": {"order_number": number, **data},
    }
    return json.dumps(body).encode()


def placed(source: str, number: str = "SO-1", westcon: str = "60012345") -> bytes:
    return event(
        source,
        "placed",
        number,
        customer_id=f"C{source[-1]}",
        westcon={"order_number": westcon},
        endpoints=["schema"],
    )


@pytest.fixture
def apart(redis: redis.Redis, environ: dict[str, str]) -> Site:
    """A site whose sources have numbers of their own."""
    settings = environ | {"WAYBILL_NAMESPACE": "source"}
    rules = replace(RULES, by_source=True)
    return Site(ledger_of(redis, settings), Terminal(settings), rules=rules)


def checked(site: Site) -> dict[str, Any]:
    found = site.waybill.json("doctor", "--offline")
    return next(one for one in found if one["name"] == "ledger.namespace")


def test_a_merge_is_reported_in_timeline_log_metric_and_by_doctor(site: Site) -> None:
    site.take_in([placed(A)])
    assert checked(site)["verdict"] == "ok"

    site.world.stream.publish(event(B, "cancelled"))
    received = receive(site.world.stream.read("edge", 9, 1), site.services())
    with capture_logs() as lines:
        _warn_of_merged(received)

    assert received.counts == {"admitted": 1}
    assert [(one["event"], one["order"], one["source"]) for one in lines] == [
        ("orders_merged", "SO-1", B)
    ]
    story = site.waybill("explain", "SO-1").stdout
    assert f"warning: this event is of source {B}, the order's first of {A}" in story
    assert checked(site)["verdict"] == "warning"
    assert "WAYBILL_NAMESPACE=source" in checked(site)["advice"]
    assert merged(site) == 1


def merged(site: Site) -> float:
    client = nullcontext(site.world.redis)
    page = LedgerMetrics(
        lambda: ledger_look(lambda: client, "orders:events", "waybill", (), 1)
    )
    family = next(one for one in page.collect() if one.name == "waybill_orders_merged")
    return family.samples[0].value


def test_two_erps_with_one_number_have_an_order_each(apart: Site) -> None:
    apart.take_in([placed(A), placed(B, westcon="60099999")])
    apart.take_in([event(B, "cancelled")])
    apart.work_off()

    states = {name: watch(apart, name) for name in (f"SO-1@{A}", f"SO-1@{B}")}

    # The one is cancelled before anything was seen of it, the other goes on.
    assert states == {f"SO-1@{A}": (False, "60012345"), f"SO-1@{B}": (True, "60099999")}
    assert apart.deck.links == ["SO-1", "SO-1"]
    assert apart.ingram.notified == [("schema", "SO-1")] * 2
    assert checked(apart)["verdict"] == "ok"


def watch(site: Site, name: str) -> tuple[bool, str]:
    found = site.waybill.json("explain", name)
    assert (found["order"], found["source"]) == ("SO-1", name.partition("@")[2])
    return found["cancelled"], found["westcon"]["order"]


def test_a_number_of_several_sources_is_asked_for_with_its_source(apart: Site) -> None:
    apart.take_in([placed(A), placed(B), placed(A, "SO-2")])

    several = apart.waybill("explain", "SO-1")
    alone = apart.waybill("explain", "SO-2")
    chosen = apart.waybill("explain", "SO-1", "--source", "b")

    assert several.exit_code == 1
    assert "2 orders have SO-1 (order)" in several.stderr
    assert f"  waybill explain SO-1@{A}\n" in several.stderr
    assert f"  waybill explain SO-1@{B}\n" in several.stderr
    assert alone.exit_code == chosen.exit_code == 0
    assert f"source: {A}" in alone.stdout
    assert f"source: {B}" in chosen.stdout
    listed = json.loads(apart.waybill("explain", "SO-1", "--json").stdout)
    assert listed["orders"] == [f"SO-1@{A}", f"SO-1@{B}"]


@pytest.mark.parametrize("number", ["A@/erp/b", "50%", "A B", "x:y/z", "%40"])
def test_any_number_and_source_may_meet_in_one_ledger(apart: Site, number: str) -> None:
    sources = [A, "/erp/b@c", "urn:x:%40"]

    apart.take_in([placed(source, number) for source in sources])
    apart.work_off()

    assert apart.ingram.notified == [("schema", number)] * len(sources)
    several = json.loads(apart.waybill("explain", number, "--json").stdout)
    found = [apart.waybill.json("explain", name) for name in several["orders"]]
    assert sorted(one["source"] for one in found) == sorted(sources)
    assert {one["order"] for one in found} == {number}


def test_a_dead_letter_states_whose_order_it_is_and_is_found_by_the_number(
    apart: Site,
) -> None:
    for source, number in ((A, "SO-1"), (B, "SO-1"), (A, "SO-1@/erp/a"), (A, "SO-12")):
        watched = event(source, "placed", number, westcon={"order_number": "6"})
        apart.take_in([watched])
    apart.work_off()

    found = {
        asked: letters_of(apart, asked)
        for asked in ("SO-1", f"SO-1@{B}", "SO-1@/erp/a", "SO")
    }

    assert found == {
        "SO-1": [f"SO-1@{A}", f"SO-1@{B}"],
        f"SO-1@{B}": [f"SO-1@{B}"],
        # A name, and a number that is spelt like one.
        "SO-1@/erp/a": ["SO-1%40/erp/a@/erp/a", f"SO-1@{A}"],
        "SO": [],
    }


def letters_of(site: Site, order: str) -> list[str]:
    letters = site.waybill.json("dead-letters", "list", "--order", order)
    assert {one["destination"] for one in letters} <= {"ingram/refusing"}
    return sorted(one["order"] for one in letters)


def test_a_number_alone_is_no_beginning_of_another(site: Site) -> None:
    numbers = ("SO-1", "SO-1@x")
    site.take_in(
        [event(A, "placed", n, westcon={"order_number": "6"}) for n in numbers]
    )
    site.work_off()

    assert letters_of(site, "SO-1") == ["SO-1"]
