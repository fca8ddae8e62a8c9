"""DECK's settings reach its client and its destination."""

from datetime import UTC, datetime

import pytest

from serializers.deck.timestamp import DEFAULT_FORM, timestamp_utc
from tests.settings.environments import DECK, problems
from workers.partners.deck.settings import Deck
from workers.settings.settings import Settings
from workers.wiring.partners import destinations_of


def test_time_is_written_as_decks_module_does_unless_ordered_otherwise() -> None:
    form = Settings.load(DECK).of(Deck).timestamp_format

    assert form == DEFAULT_FORM
    at = datetime(2024, 9, 2, 15, 17, tzinfo=UTC)
    assert timestamp_utc(at, form) == "9/2/2024 15:17 PM"


@pytest.mark.parametrize("form", ["n/j/Y H:i A", "%m/%d/%Y", "M/d/yyyy"])
def test_a_form_that_deck_could_not_read_is_refused_at_the_start(form: str) -> None:
    [problem] = problems(DECK | {"WAYBILL_DECK__TIMESTAMP_FORMAT": form})

    assert problem.startswith("WAYBILL_DECK__TIMESTAMP_FORMAT ")


def test_links_are_not_read_back_unless_the_operator_wants_it() -> None:
    wanted = DECK | {"WAYBILL_DECK__READ_BACK": "true"}

    assert not Settings.load(DECK).of(Deck).read_back
    assert Settings.load(wanted).of(Deck).read_back


def test_decks_limits_and_breaker_are_those_of_every_destination() -> None:
    given = {
        "WAYBILL_DECK__RATE": "90",
        "WAYBILL_DECK__BREAKER_FAILURES": "3",
        "WAYBILL_DECK__BREAKER_SECONDS": "12",
        "WAYBILL_DECK__MAX_LEASED": "7",
        "WAYBILL_DECK__RETRY_PAUSES": "[1, 2]",
        "WAYBILL_DECK__RETRY_AFTER_MAX": "60",
    }

    [deck] = destinations_of(Settings.load(DECK | given))

    assert deck.name == "deck"
    assert (deck.calls_per_minute, deck.max_leased) == (90, 7)
    assert (deck.breaker_failures, deck.breaker_seconds) == (3, 12)
    assert (deck.retry.pauses, deck.retry.retry_after_max) == ((1, 2), 60)
