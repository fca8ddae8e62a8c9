"""What docs/deck.md shows is so."""

import re
from datetime import UTC, datetime
from pathlib import Path

from serializers.deck.formats import FORMATS
from serializers.deck.timestamp import checked, timestamp_utc
from serializers.formats.xml import MAX_BYTES
from tests.settings.environments import DECK
from workers.partners.deck.settings import Deck
from workers.settings.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "deck.md").read_text("utf-8")
AT = datetime(2024, 9, 2, 15, 17, 5, tzinfo=UTC)


def test_each_form_of_time_gives_what_stands_beside_it() -> None:
    rows = re.findall(r"^\| `(.*?yyyy.*?)`.*\| `(.*)` \|$", PAGE, re.MULTILINE)

    assert len(rows) == 3
    assert [timestamp_utc(AT, checked(form)) for form, _ in rows] == [
        written for _, written in rows
    ]


def test_every_letter_that_is_called_known_is() -> None:
    [letters] = re.findall(r"Known are `(.*?)`", PAGE)

    assert len(letters.split()) == 15
    assert all(timestamp_utc(AT, letter) != letter for letter in letters.split())


def test_the_formats_are_those_that_there_are() -> None:
    rows = re.findall(r"^\| `([a-z]+)` \| ", PAGE, re.MULTILINE)

    assert rows == list(FORMATS)


def test_the_codes_shown_are_a_setting() -> None:
    [codes] = re.findall(r"WAYBILL_DECK__CODES=(\{.*?\})", PAGE)

    assert Settings.load(DECK | {"WAYBILL_DECK__CODES": codes}).of(Deck).codes == {
        "7": "again",
        "OrderLocked": "again",
    }


def test_the_largest_document_is_as_stated() -> None:
    assert f"more than {MAX_BYTES // 1024} KiB" in PAGE
