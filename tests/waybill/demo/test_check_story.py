"""The demo notices when the troubles of its story do not happen or do not end well."""

from dataclasses import replace

import pytest

from waybill.demo.check import Letter, check_story
from waybill.demo.expectation import Notified
from waybill.demo.story import DOWN, MALFORMED, STUMBLES, demo_story
from waybill.demo.witness import Arrival, Journals

STORY = demo_story(0)
STUMBLED = Notified(STUMBLES, STORY.stumbling, "10", "im::order_shipped")
LATE = Notified(DOWN, STORY.given_up, "10", "im::order_invoiced")
REFUSED = Arrival(STUMBLES, "E1", (STUMBLED,), accepted=False)
TAKEN = Arrival(STUMBLES, "E1", (STUMBLED,))
REPLAYED = Arrival(DOWN, "E2", (LATE,))
SEEN = Journals(arrivals=(REFUSED, REFUSED, TAKEN, REPLAYED))
EVENT = Letter("1-0", "event", None, None, "data.order_number: missing", MALFORMED)
GIVEN_UP = Letter(
    id="delivery:E2.hooli",
    kind="notification",
    order=STORY.given_up,
    destination="ingram/hooli",
    reason="hooli answered 503",
    payload=b"{}",
    replayed=True,
)


def notified(seen: Journals, *letters: Letter) -> str:
    return "; ".join(str(one) for one in check_story(STORY, seen, letters))


def test_a_story_that_went_as_written_has_no_deviation() -> None:
    assert notified(SEEN, EVENT, GIVEN_UP) == ""


@pytest.mark.parametrize(
    "arrivals",
    [(), (TAKEN,), (REFUSED, TAKEN), (REFUSED, REFUSED), (REFUSED, REFUSED, REFUSED)],
)
def test_a_receiver_that_does_not_refuse_twice_and_then_take_is_noticed(
    arrivals: tuple[Arrival, ...],
) -> None:
    seen = Journals(arrivals=(*arrivals, REPLAYED))

    assert f"{STUMBLES} was to refuse" in notified(seen, EVENT, GIVEN_UP)


def test_a_notification_that_was_not_given_up_is_noticed() -> None:
    assert f"no dead letter for {STORY.given_up}" in notified(SEEN, EVENT)


def test_a_dead_letter_that_was_not_replayed_is_noticed() -> None:
    waiting = replace(GIVEN_UP, replayed=False)

    assert "was not replayed" in notified(SEEN, EVENT, waiting)


def test_a_replayed_notification_that_did_not_arrive_is_noticed() -> None:
    seen = Journals(arrivals=SEEN.arrivals[:-1])

    assert f"{DOWN} did not take the replayed" in notified(seen, EVENT, GIVEN_UP)


def test_a_malformed_event_that_was_lost_is_noticed() -> None:
    assert "the malformed event did not become" in notified(SEEN, GIVEN_UP)


def test_a_malformed_event_that_lost_a_byte_is_noticed() -> None:
    cut = replace(EVENT, payload=MALFORMED[:-1])

    assert "does not hold the malformed event's bytes" in notified(SEEN, cut, GIVEN_UP)


def test_a_malformed_event_without_its_reason_is_noticed() -> None:
    dumb = replace(EVENT, reason="bad")

    assert "does not state what is wrong: 'bad'" in notified(SEEN, dumb, GIVEN_UP)


def test_a_dead_letter_that_is_not_in_the_story_is_noticed() -> None:
    strange = replace(GIVEN_UP, kind="link", destination="deck", reason="code 5")

    assert "was given up: code 5" in notified(SEEN, EVENT, GIVEN_UP, strange)
