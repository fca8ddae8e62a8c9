"""The README can be followed: its event is read, its table and its picture are true."""

import json

from serializers.events import decode
from serializers.events.decode import EventType, OrderEvent
from tests.docs.pages import blocks, text
from tools.docs import readme_settings
from waybill.status.reasons import reasons
from waybill.status.snapshot import StatusSnapshot
from workers.celery_app.settings import CONCURRENCY
from workers.dispatch.queues import QUEUES
from workers.ledger.identity.metadata import LOST
from workers.ledger.views.overview import DestinationState, Overview

README = "README.md"


def example() -> bytes:
    (found,) = blocks(README, "json")
    return found.encode()


def test_the_example_is_an_event_with_all_that_it_states() -> None:
    event = decode.decode(example())

    assert event == OrderEvent(
        id="erp-2026-000017",
        source="/erp/orders",
        type=EventType.PLACED,
        time_ms=1_772_442_900_000,
        order_number="SO-10042",
        purchase_order="PO-7781",
        customer_id="CUST-204",
        westcon_number="6000010042",
        westcon_type="W",
        endpoints=None,
        baseline=False,
        lines=(),
    )


def test_the_example_of_python_publishes_the_example() -> None:
    (with_redis, with_celery) = blocks(README, "python")

    for way in (with_redis, with_celery):
        compile(way, README, "exec")
        assert 'open("event.json"' in way
    assert '"orders:events", {"event":' in with_redis
    assert '"orders.publish"' in with_celery


def test_every_type_of_event_has_its_row() -> None:
    page = text(README)

    missing = [kind for kind in EventType if f"| `{kind}` |" not in page]

    assert missing == []


def test_the_first_settings_are_rows_of_the_whole_table() -> None:
    assert text(README) == readme_settings.page(), f"run: {readme_settings.RENEW}"


def test_the_picture_names_every_task() -> None:
    picture = text(README).partition("```\n")[2].partition("```")[0]

    for task in ("orders.receive", "westcon.poll", "deck.link", "ingram.notify"):
        assert task in picture


def test_threads_and_queues_are_those_of_the_code() -> None:
    page = text(README)

    assert f"one process, {CONCURRENCY} threads" in page
    named = ", ".join(f"`{queue}`" for queue in QUEUES[:-1])
    assert f"The queues are {named} and `{QUEUES[-1]}`" in page


def test_the_runbook_explains_every_reason_that_status_gives() -> None:
    late = DestinationState("deck", due=1, overdue_seconds=3600.0)
    gone = StatusSnapshot(
        Overview({"deck": late}, dead=1, oldest_event_ms=0, now_ms=3_600_000),
        missing=LOST,
    )
    runbook = text(README).partition("## At three in the morning")[2]
    reported = [
        row.split("|")[1].strip(" …") for row in runbook.splitlines() if "|" in row
    ]

    unexplained = [
        why for why in reasons(gone) if not any(one and one in why for one in reported)
    ]

    assert unexplained == []
    assert len(list(reasons(gone))) == 5


def test_the_size_of_an_event_is_the_readers_limit() -> None:
    assert f"at most {decode.MAX_BYTES // 1024} KiB" in text(README)
    body = json.loads(example())
    assert len(json.dumps(body)) < decode.MAX_BYTES
