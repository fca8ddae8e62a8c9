"""An order has one name in the ledger for each number and source."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from serializers.order_record import order_name

#: With what a name is made of, so that chance finds two that meet.
TEXTS = st.text(st.sampled_from("@%4025:/ aé"), min_size=1, max_size=6)


@given(TEXTS, TEXTS, TEXTS, TEXTS)
@example("A@b", "c", "A", "b@c")
@example("A@", "c", "A%40", "c")
def test_two_pairs_never_have_one_name(
    number: str, source: str, other: str, elsewhere: str
) -> None:
    same = (number, source) == (other, elsewhere)

    assert (order_name(number, source) == order_name(other, elsewhere)) is same


@pytest.mark.parametrize("number", ["SO-1", "A@B", "50%", "A%40B"])
def test_a_number_alone_is_its_order_s_name(number: str) -> None:
    assert order_name(number) == number


def test_a_name_with_a_source_is_read_at_a_glance() -> None:
    assert order_name("SO-1", "/erp/eu") == "SO-1@/erp/eu"
    assert order_name("A@50%", "urn:x@y") == "A%4050%25@urn:x@y"
