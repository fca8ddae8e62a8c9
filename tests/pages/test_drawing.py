"""Drawings of an order: pure, whatever its timeline and its lines hold."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from serializers.order_record import Line, Portion
from serializers.timeline.codes import Code, note
from serializers.timeline.entry import Entry
from waybill.pages.drawing.lines import line_view
from waybill.pages.drawing.timeline import LEFT, WIDTH, across, drawn

MOMENTS = st.lists(st.integers(0, 4_000_000_000_000), max_size=30)
QUANTITIES = st.sampled_from(["", "0", "1", "2.5", "1000000", "-3", "x", "NaN", "1e9"])
PORTIONS = st.lists(st.tuples(st.text(max_size=3), QUANTITIES), max_size=5)


def entry(ms: int) -> Entry:
    notes = (
        (note(Code.PLACED, "e"),),
        (note(Code.LOOK),),
        (note(Code.DONE, "ingram/acme", "delivery:N1", "http_200"),),
        (note(Code.GIVEN_UP, "x" * 90, "delivery:N1", "http_500"),),
        (note(Code.DISCARDED, "delivery:N1"),),
    )
    return Entry(ms, notes[ms % len(notes)])


@given(MOMENTS)
def test_moments_stand_in_their_order_inside_the_picture(
    moments: list[int],
) -> None:
    drawing = drawn([entry(ms) for ms in moments])
    places = [dot.x for dot in drawing.dots]

    assert len(places) == sum(ms > 0 for ms in moments)
    assert places == sorted(places)
    assert all(LEFT <= x <= WIDTH for x in places)
    assert {dot.y for dot in drawing.dots} == {lane.y for lane in drawing.lanes}
    assert all(0 < lane.y < drawing.height for lane in drawing.lanes)
    assert all(b.x - a.x >= 100 for a, b in pairwise(drawing.ticks))


def test_a_longer_wait_has_more_room() -> None:
    first, second, third = across([0, 1_000, 100_000_000])

    assert second - first < third - second


@given(QUANTITIES, PORTIONS, PORTIONS)
def test_the_parts_of_a_bar_fit_into_it(
    ordered: str, reached: list[tuple[str, str]], now: list[tuple[str, str]]
) -> None:
    line = Line(
        "1/1",
        "1",
        "1",
        ordered,
        tuple(Portion(*one) for one in reached),
        tuple(Portion(*one) for one in now),
    )
    bars, end = line_view(line).bars, 0.0

    for bar in bars:
        assert bar.x >= end - 0.02
        end = bar.x + bar.width
    assert end <= 100.02
