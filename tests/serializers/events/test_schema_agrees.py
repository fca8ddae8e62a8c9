"""The published schema accepts an event exactly when the reader does."""

import json

import pytest

from serializers.errors import DecodeError
from serializers.events import decode
from serializers.events.problems import separated
from tests.serializers.events.event_samples import SCHEMA
from tests.serializers.events.odd_events import OddEvents

#: What the schema cannot express, see `serializers.events.schema.schema`.
BEYOND = {
    "subject: must be data.order_number",
    "time: must not be after the year 9999 in UTC",
}
SEEDS = range(20)
#: Those of every test run; the others are for CI.
OFTEN = 4
EACH = 1_000


def problems(body: bytes) -> set[str]:
    """What the reader refuses the event for; nothing for one that it accepts."""
    try:
        decode.decode(body)
    except DecodeError as error:
        return set(separated(str(error)))
    return set()


@pytest.mark.parametrize(
    "seed",
    [pytest.param(n, marks=() if n < OFTEN else pytest.mark.long) for n in SEEDS],
)
def test_twenty_thousand_events_are_accepted_by_both_or_by_none(seed: int) -> None:
    accepted = 0

    for event in OddEvents(seed).events(EACH):
        body = json.dumps(event).encode()
        found = problems(body)
        if found and found <= BEYOND:
            continue
        valid = SCHEMA.is_valid(json.loads(body))
        assert valid == (not found), (body, found)
        accepted += valid

    # Both sides are looked at.
    assert EACH / 5 < accepted < EACH * 4 / 5
