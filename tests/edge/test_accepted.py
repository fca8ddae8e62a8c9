"""What `publish` accepts can be admitted, polled, reported, explained and shown.

And it never delays an innocent order beside it in the same batch.
"""

import json
from typing import Any

import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.outcomes.outcome import Done
from tests.edge.odd import EVENTS
from tests.edge.site import NAMES, Site, beside
from tests.waybill.terminal import Terminal, ledger_of
from waybill.publish.command import check


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(EVENTS, min_size=1, max_size=6, unique_by=lambda one: one["id"]))
def test_what_publish_accepts_goes_all_the_way_and_delays_nobody(
    redis: redis.Redis, environ: dict[str, str], events: list[Any]
) -> None:
    redis.flushall()
    site = Site(ledger_of(redis, environ), Terminal(environ))
    bodies = [json.dumps(event).encode() for event in events]
    accepted = [body for body in bodies if check(body).accepted]

    refused = site.take_in(beside(accepted))
    site.work_off()

    assert refused == set()
    assert "GOOD-1" in site.deck.links
    for good in ("GOOD-1", "GOOD-2"):
        assert {(name, good) for name in NAMES} <= set(site.ingram.notified)
    for ref, outcome in site.outcomes.items():
        if not isinstance(outcome, Done):
            assert "unexpected" not in outcome.reason, (ref, outcome)
            assert outcome.code in {"http_400", "nao", "no_reference", "missing_order"}
    for number in {check(body).order for body in accepted}:
        assert number is not None
        words = site.waybill("explain", "--", number)
        assert words.exit_code == 0, words.output
        document = json.loads(site.waybill("explain", "--json", "--", number).stdout)
        assert document["order"] == number
    _show_letters(site)


def _show_letters(site: Site) -> None:
    letters = site.waybill.json("dead-letters", "list")
    assert letters
    assert site.waybill("dead-letters", "list").exit_code == 0
    for letter in letters[:3]:
        assert site.waybill("dead-letters", "show", letter["id"]).exit_code == 0
        shown = site.waybill("dead-letters", "show", "--json", letter["id"])
        assert json.loads(shown.stdout)["id"] == letter["id"]
