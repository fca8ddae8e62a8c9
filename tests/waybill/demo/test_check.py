"""The demo's judgement: every way in which the walk can fail is noticed."""

from tests.waybill.demo.journals import (
    EXPECTED,
    INVOICED,
    LINKS,
    SHIPPED,
    WELL,
    arrival,
    notified,
    seen,
)
from waybill.demo.check import Kind, check, missing
from waybill.demo.expectation import VOIDED
from waybill.demo.witness import Journals, LinkMade


def kinds(journals: Journals) -> list[Kind]:
    return [one.kind for one in check(EXPECTED, journals)]


def test_journals_that_are_as_the_story_asks_have_no_deviation() -> None:
    assert check(EXPECTED, seen(*WELL)) == ()


def test_a_refused_arrival_before_the_taken_one_is_no_deviation() -> None:
    refused = arrival("E1", notified(SHIPPED), accepted=False)

    assert kinds(seen(refused, *WELL)) == []


def test_a_notification_that_never_came_is_missing() -> None:
    deviations = check(EXPECTED, seen(WELL[0]))

    assert list(map(str, deviations)) == [
        "missing: SO-1 line 10 im::order_invoiced at acme"
    ]
    assert missing(deviations) == 1


def test_a_notification_that_was_only_refused_is_missing() -> None:
    refused = arrival("E2", notified(INVOICED), accepted=False)

    assert kinds(seen(WELL[0], refused)) == [Kind.MISSING]


def test_one_event_id_taken_twice_is_doubled() -> None:
    deviations = check(EXPECTED, seen(*WELL, WELL[1]))

    assert list(map(str, deviations)) == ["doubled: event E2 taken 2 times by acme"]
    assert missing(deviations) == 0


def test_one_transition_under_two_event_ids_is_doubled() -> None:
    again = arrival("E3", notified(INVOICED))

    assert kinds(seen(*WELL, again)) == [Kind.DOUBLED]


def test_the_same_event_id_at_two_endpoints_is_not_doubled() -> None:
    elsewhere = arrival("E1", notified(SHIPPED, endpoint="globex"))

    assert kinds(seen(*WELL, elsewhere)) == [Kind.UNEXPECTED]


def test_what_nobody_asked_for_is_unexpected() -> None:
    other_line = arrival("E3", notified(SHIPPED, line="20"))
    other_type = arrival("E4", notified(VOIDED))

    assert kinds(seen(*WELL, other_line, other_type)) == [Kind.UNEXPECTED] * 2


def test_a_wrong_signature_is_noticed_even_where_the_receiver_refused_it() -> None:
    forged = arrival("E1", notified(SHIPPED), accepted=False, objection="wrong")

    assert kinds(seen(forged, *WELL)) == [Kind.WRONGLY_SIGNED]


def test_a_wrong_signature_is_noticed_where_a_lenient_receiver_took_it() -> None:
    lenient = arrival("E1", notified(SHIPPED), objection="x-hub-signature is missing")

    assert kinds(seen(lenient, WELL[1])) == [Kind.WRONGLY_SIGNED]


def test_a_line_whose_status_goes_backwards_is_out_of_order() -> None:
    deviations = check(EXPECTED, seen(WELL[1], WELL[0]))

    assert list(map(str, deviations)) == [
        "out of order: SO-1 line 10 im::order_shipped at acme, after im::order_invoiced"
    ]


def test_two_statuses_of_a_line_in_one_notification_are_in_order() -> None:
    both = arrival("E1", notified(INVOICED), notified(SHIPPED))

    assert kinds(seen(both)) == []


def test_an_order_that_was_never_linked_is_a_missing_link() -> None:
    deviations = check(EXPECTED, seen(*WELL, links=()))

    assert [one.kind for one in deviations] == [Kind.LINK_MISSING]
    assert missing(deviations) == 1


def test_an_order_that_still_has_its_old_customer_is_a_missing_link() -> None:
    assert kinds(seen(*WELL, links=LINKS[:1])) == [Kind.LINK_MISSING]


def test_an_old_customer_after_the_new_one_is_a_wrong_link() -> None:
    assert kinds(seen(*WELL, links=(LINKS[1], LINKS[0]))) == [Kind.LINK_WRONG]


def test_the_first_of_two_customers_may_be_skipped() -> None:
    assert kinds(seen(*WELL, links=LINKS[1:])) == []


def test_a_link_to_somebody_else_is_wrong() -> None:
    strange = LinkMade("SO-1", "C-7", "json")

    assert kinds(seen(*WELL, links=(strange, *LINKS))) == [Kind.LINK_WRONG]


def test_a_link_that_nobody_asked_for_is_wrong() -> None:
    strange = LinkMade("SO-2", "C-2", "json")

    assert kinds(seen(*WELL, links=(*LINKS, strange))) == [Kind.LINK_WRONG]


def test_a_link_that_was_made_twice_is_doubled() -> None:
    assert kinds(seen(*WELL, links=(LINKS[0], *LINKS))) == [Kind.LINK_DOUBLED]
