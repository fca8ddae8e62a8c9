"""Files of the same content in every legal form are the same book."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from serializers.reconcile.erp_book import ErpOrder, read_order
from serializers.reconcile.rows import rows

#: Spellings of the columns of these books, and one that nobody reads.
HEADS = {
    "order": (
        "order",
        "Order Number",
        "ORDER_NO",
        "sales-order",
        " Number ",
        "Order\nNumber",
    ),
    "purchase_order": ("purchase_order", "PO", "Customer PO", "po-number"),
    "customer_id": ("customer", "Customer_ID", "CUSTOMER NUMBER"),
    "deck_site": ("site", "DECK Site"),
}
FURTHER = ("Colour", "note", "")

#: Texts with whatever is legal in a cell, so also what separates cells and lines.
TEXT = st.text(st.sampled_from('aZ09 äß,;\t|"\n\r-'), min_size=1, max_size=12).filter(
    lambda one: one.strip() == one and "\r" not in one.replace("\r\n", "")
)
ROWS = st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT), min_size=1, max_size=4)
NAMED = st.tuples(*(st.sampled_from(some) for some in HEADS.values()))


def books(text: bytes) -> list[ErpOrder | None]:
    return [read_order(row.cells) for row in rows(io.BytesIO(text), "erp")]


def expected(some: Sequence[Sequence[str]]) -> list[ErpOrder]:
    return [ErpOrder(a, b, customer_id=c, site=d) for a, b, c, d in some]


def written(head: Sequence[str], some: Sequence[Sequence[str]], **form: Any) -> bytes:
    to = io.StringIO(newline="")
    out = csv.writer(to, **form)
    out.writerow(head)
    out.writerows(some)
    return to.getvalue().encode()


@dataclass(frozen=True)
class Form:
    """How a table is written."""

    separator: str
    ending: str
    quoting: int
    mark: str
    further: str
    first: bool


FORMS = st.builds(
    Form,
    st.sampled_from(",;\t|"),
    st.sampled_from(("\n", "\r\n")),
    st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
    st.sampled_from(("", "\ufeff", "\n", "sep={}\n")),
    st.sampled_from(FURTHER),
    st.booleans(),
)


@given(ROWS, NAMED, FORMS)
def test_a_table_is_the_same_book_in_every_form(
    some: list[tuple[str, ...]], head: tuple[str, ...], form: Form
) -> None:
    added = [(["x", *one] if form.first else [*one, "x"]) for one in some]
    names = [form.further, *head] if form.first else [*head, form.further]
    ways: dict[str, Any] = {"delimiter": form.separator, "lineterminator": form.ending}

    text = written(names, added, quoting=form.quoting, **ways)
    text = form.mark.format(form.separator).encode() + text

    # Within quotes a line's end is the reader's.
    read = [_plain(one) for one in books(text)]
    assert read == [_plain(one) for one in expected(some)]


@given(ROWS, NAMED, st.sampled_from(("\n", "\r\n", "\n\n")))
def test_objects_are_the_same_book_in_every_form(
    some: list[tuple[str, ...]], head: tuple[str, ...], ending: str
) -> None:
    lines = (
        json.dumps(_object(head, one), ensure_ascii=n % 2 == 0) + ending
        for n, one in enumerate(some)
    )

    assert books("".join(lines).encode()) == expected(some)


def _object(head: Sequence[str], one: Sequence[str]) -> Mapping[str, object]:
    return {**dict(zip(head, one, strict=True)), "colour": None, "tags": ["a", {}]}


def _plain(one: ErpOrder | None) -> tuple[str, ...]:
    assert one is not None
    texts = (one.number, one.purchase_order, one.customer_id, one.site)
    return tuple(text.replace("\r\n", "\n") for text in texts)
