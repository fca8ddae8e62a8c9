"""What the figures about DECK are figures of."""

import pytest

from benchmarks.details import deck_links, xml_refusals
from benchmarks.details.hostile_xml import hostile_documents
from benchmarks.details.xml_refusals import Refusal
from serializers.deck.formats import FORMATS


def test_every_format_is_measured_and_has_the_goal_of_its_own() -> None:
    found = [deck_links.writing(FORMATS[name]) for name in ("json", "xml", "form")]

    assert [each.goal_us for each in found] == [30.0, 60.0, None]
    assert all(each.write_us > 0 and each.signed_us > 0 for each in found)
    assert [each.bytes for each in found] == [
        len(FORMATS[each.format].encode(deck_links.signed_link())) for each in found
    ]


def test_no_hostile_document_needs_much_memory() -> None:
    found = {each.document: each for each in xml_refusals.refusals()}

    assert list(found) == list(hostile_documents())
    # What was measured is the parser's memory: this one has many elements.
    assert found["128 KiB of elements without an end"].mib > 0.5
    assert [each for each in found.values() if each.mib > xml_refusals.GOAL_MIB] == []


def test_a_document_that_is_read_is_no_refusal() -> None:
    with pytest.raises(RuntimeError, match="was read"):
        xml_refusals.refusal("plain", b'{"ResponseCode":0}')


@pytest.mark.parametrize(
    ("ms", "mib", "verdict"), [(50, 20, "yes"), (51, 0, "NO"), (0, 21, "NO")]
)
def test_a_refusal_that_misses_a_goal_reports_it(
    ms: float, mib: float, verdict: str
) -> None:
    assert Refusal("x", 2_048, ms, mib).cells[1:] == (
        "2.0",
        f"{ms:.2f}",
        f"{mib:.1f}",
        verdict,
    )
