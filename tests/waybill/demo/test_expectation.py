"""What the demo expects is worked out from its story, and from nothing else."""

from dataclasses import replace

import pytest

from serializers.errors import DecodeError
from serializers.events import decode
from waybill.demo.expectation import Notified, expectation
from waybill.demo.story import IN_PARTS, Publication, StoryOrder, demo_story

STORY = demo_story(1_700_000_000_000)


def notified_of(order: StoryOrder, *publications: Publication) -> set[tuple[str, str]]:
    """Line and event type of everything an order's endpoints must be notified."""
    story = replace(STORY, orders=(order,), publications=publications)
    return {(one.line, one.event_type) for one in expectation(story).notified}


def test_every_step_after_the_first_is_notified_for_each_line() -> None:
    assert notified_of(StoryOrder("SO-1", IN_PARTS)) == {
        ("10", "im::order_shipped"),
        ("20", "im::order_shipped"),
        ("10", "im::order_invoiced"),
        ("20", "im::order_invoiced"),
    }


def test_a_rejected_line_is_notified_as_voided() -> None:
    order = StoryOrder("SO-1", (("SCH",), ("REJ",)))

    assert notified_of(order) == {("10", "im::order_voided")}


def test_a_baseline_keeps_its_first_snapshot_to_itself() -> None:
    order = StoryOrder("SO-1", (("SHI",), ("INV",)), baseline=True)

    assert notified_of(order) == {("10", "im::order_invoiced")}


def test_each_endpoint_of_an_order_is_notified_and_no_other() -> None:
    order = StoryOrder("SO-1", (("INV",),), endpoints=("acme", "hooli"))

    expected = expectation(replace(STORY, orders=(order,), publications=()))

    assert expected.notified == {
        Notified("acme", "SO-1", "10", "im::order_invoiced"),
        Notified("hooli", "SO-1", "10", "im::order_invoiced"),
    }


def test_what_the_erp_itself_states_is_notified_once_however_often_it_states_it() -> (
    None
):
    changed = [t for t in STORY.publications if t.event and t.event.lines]
    order = next(o for o in STORY.orders if o.number == changed[0].event.order_number)  # type: ignore[union-attr] # chosen above for its event

    assert notified_of(order, *changed, *changed) == {("10", "im::order_shipped")}


def test_a_relinked_order_belongs_to_its_latest_customer() -> None:
    customers = expectation(STORY).customers

    assert customers["SO-1021"] == ("C-1021", "C-9999")
    assert len(customers) == 25


def test_the_story_has_every_kind_of_trouble_it_promises() -> None:
    bodies = [publication.body for publication in STORY.publications]

    assert len(STORY.orders) == 25
    assert len({order.number for order in STORY.orders}) == 25
    assert len(bodies) - len(set(bodies)) == 1
    assert sum(publication.event is None for publication in STORY.publications) == 1
    assert sum(order.by_reference for order in STORY.orders) == 3
    assert sum(len(order.lines) == 2 for order in STORY.orders) == 3
    assert len(expectation(STORY).notified) == 99


@pytest.mark.parametrize("publication", STORY.publications)
def test_every_event_of_the_story_but_the_malformed_one_can_be_read(
    publication: Publication,
) -> None:
    if publication.event is None:
        with pytest.raises(DecodeError, match=r"data\.order_number: missing"):
            decode.decode(publication.body)
        return

    read = decode.decode(publication.body)

    assert read.id == publication.event.id
    assert read.order_number == publication.event.order_number
