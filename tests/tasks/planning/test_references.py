"""References of an order after events that came in any order."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.events.decode import decode, encode
from serializers.events.event import OrderEvent
from serializers.order import Order, Stamp
from serializers.order_record import pack, unpack
from tasks.planning.references import with_references
from tests.tasks.fakes import START_MS
from tests.tasks.samples import event

ACCOUNTS = st.sampled_from(["default", "dach", "uk"])
#: One that is the order's own is stated all the same.
NUMBERS = st.sampled_from(["SO-1", "D-1"])
EVENTS = st.lists(
    st.builds(
        lambda account, site, number: event(
            "placed", westcon_account=account, deck_site=site, deck_number=number
        ),
        ACCOUNTS,
        ACCOUNTS,
        NUMBERS,
    ),
    min_size=2,
    max_size=4,
)


def after(*happened: tuple[int, OrderEvent]) -> tuple[str, str, str]:
    """Account, site and number at DECK after events of these seconds."""
    order = Order("SO-1")
    for second, one in happened:
        stamp = Stamp(START_MS + second * 1000, (1, 0))
        read = decode(encode(one))
        order = unpack(pack(with_references(order, read, stamp)))
    at = (order.account or "default", order.site or "default")
    return *at, order.deck_number or order.number


@given(EVENTS)
def test_what_the_newest_event_states_holds_in_whichever_order_they_come(
    happened: list[OrderEvent],
) -> None:
    newest = happened[-1]
    stated = (newest.westcon_account, newest.deck_site, newest.deck_number)

    for some in permutations(enumerate(happened)):
        assert after(*some) == stated


@pytest.mark.parametrize("field", ["westcon_account", "deck_site", "deck_number"])
def test_an_older_event_fills_what_no_event_has_stated(field: str) -> None:
    fields: dict[str, Any] = {field: "other"}
    bare, older = event("placed"), event("placed", **fields)

    assert "other" in after((2, bare), (1, older))


def test_of_a_record_of_the_release_before_the_default_was_not_stated() -> None:
    kept = unpack(pack(Order("SO-1", facts_at=Stamp(START_MS + 9000))))
    older = event("placed", westcon_account="dach")

    order = with_references(kept, older, Stamp(START_MS))

    assert (order.account, order.states_account) == ("dach", True)


def test_a_record_without_a_word_of_account_and_site_is_as_before() -> None:
    """So that the release before can read it."""
    bare = with_references(Order("SO-1"), event("placed"), Stamp(START_MS))

    assert pack(bare) == pack(Order("SO-1", facts_at=Stamp(START_MS)))
