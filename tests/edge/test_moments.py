"""Orders with moments that nobody means, or that nothing can hold, on a real Redis."""

import json
from typing import Any

import pytest

from serializers.formats.instants import rfc3339
from serializers.order_record import unpack
from tests.edge.site import NAMES, Site, beside, innocent
from tests.serializers.test_order_record import YEAR_0
from workers.redis import answers

RECORD = "{wb:0}:record:SO-1"


def event(kind: str, time: str, id_: str = "", **facts: Any) -> bytes:
    body = json.loads(innocent("SO-1", kind, **facts))
    return json.dumps(body | {"time": time, "id": id_ or kind}).encode()


def explained(site: Site) -> str:
    reported = site.waybill("explain", "SO-1")
    assert reported.exit_code == 0
    return reported.stdout


def watched_with_the_old_record(site: Site) -> None:
    """Ten orders under watch; the record of SO-1 is the release before's."""
    orders = [f"SO-{n}" for n in range(10)]
    bodies = [
        innocent(number, "placed", westcon={"order_number": f"700000000{number[-1]}"})
        for number in orders
    ]
    assert site.take_in(bodies) == set()
    site.world.redis.set(RECORD, YEAR_0)


def test_the_order_of_a_bad_record_is_explained_and_holds_up_nobody(site: Site) -> None:
    watched_with_the_old_record(site)

    assert "placed:" not in explained(site)
    site.work_off()

    reported = {order for _, order in site.ingram.notified}
    # It names an endpoint that is none of this site's.
    assert reported == {f"SO-{n}" for n in range(10)} - {"SO-1"}
    assert "asked of Westcon as: W 7000000001" in explained(site)


def test_publishing_the_order_again_heals_it(site: Site) -> None:
    watched_with_the_old_record(site)
    again = event("placed", "2026-03-01T12:00:00Z", "SO-1-2", endpoints=["schema"])

    assert site.take_in(beside([again])) == set()
    site.work_off()

    record = unpack(answers.octets(site.world.redis.get(RECORD)))
    assert record.placed_ms == record.facts_at.time_ms == 1_772_366_400_000
    assert ("schema", "SO-1") in site.ingram.notified
    assert "placed: 2026-03-01 12:00:00Z" in explained(site)


@pytest.mark.parametrize(
    "time",
    [
        "1900-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "0000-00-00T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ],
)
def test_an_order_without_a_moment_is_watched_linked_and_cancelled(
    site: Site, time: str
) -> None:
    watch: dict[str, Any] = {"westcon": {"order_number": "61"}, "baseline": True}
    steps = {"placed": watch, "customer_linked": {}, "cancelled": {}}

    for kind, facts in steps.items():
        assert site.take_in(beside([event(kind, time, **facts)])) == set()
        site.work_off()

    # Of the cut-over nothing is notified, of the cancellation to every endpoint.
    assert site.deck.links.count("SO-1") == 1
    assert sorted(n for n, order in site.ingram.notified if order == "SO-1") == sorted(
        NAMES
    )
    story = explained(site)
    assert "state: cancelled" in story
    counts = "counts as now" if time.startswith("9") else "is before 2000 and counts as"
    assert story.count(counts) == 3
    assert "a newer event stands" not in story


def test_after_an_event_of_the_year_9999_what_happens_next_still_counts(
    site: Site,
) -> None:
    watch: dict[str, Any] = {"westcon": {"order_number": "61"}, "baseline": True}
    placed = event("placed", "9999-12-31T23:59:59Z", **watch, customer_id="C-1")
    assert site.take_in([placed]) == set()
    site.work_off()
    seconds, _ = site.world.redis.time()
    now = rfc3339(int(seconds) * 1000 + 60_000)

    moved = event("customer_linked", now, customer_id="C-2")
    assert site.take_in([moved, event("cancelled", now)]) == set()
    site.work_off()

    record = unpack(answers.octets(site.world.redis.get(RECORD)))
    assert (record.customer_id, record.cancelled) == ("C-2", True)
    assert site.deck.links == ["SO-1", "SO-1"]
    assert len(site.ingram.notified) == len(NAMES)


def test_what_is_past_the_end_of_the_calendar_is_refused_with_its_bytes(
    site: Site,
) -> None:
    body = event("placed", "9999-12-31T23:59:59-01:00")

    assert site.take_in(beside([body])) == {"malformed"}

    (listed,) = site.world.letters.all()
    letter = site.world.letters.find(listed.id)
    assert letter is not None
    assert "time: must not be after the year 9999 in UTC" in letter.reason
    assert letter.payload == body
