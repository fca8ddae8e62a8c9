"""Books in files: any columns, every mistake named; the plan comes back as it was."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.errors import DecodeError
from serializers.reconcile import erp_book, receiver_book
from serializers.reconcile.erp_book import ErpLine, ErpOrder, joined
from serializers.reconcile.finding import Act, Evidence, Finding, Kind, Repair
from serializers.reconcile.plan_file import line, parsed, read
from serializers.reconcile.rows import rows
from waybill.reconcile.books.files import (
    BookFile,
    Warnings,
    erp_rows,
    received_rows,
)

CSV = """\ufeffOrder Number;PO;Westcon-Order;Customer;Line;Qty;Colour
SO-1;PO-1;0006001;C-1;00010;2,000;red
SO-1;PO-1;;;20;3;
SO-2;"PO;2
b";;;;;
"""

NDJSON = (
    """
{"order": "SO-1", "purchase_order": "PO-1", "placed_at": "2026-09-01T10:00:00Z",
""".replace("\n", "")
    + (
        '"lines": [{"line_number": "10", "quantity": 2, "status": "shi"}]}\n\n'
        '{"order_no": 7, "placed": "2026-09-01", "status": "Closed"}\n'
    )
)


def orders(folder: Path, text: str, **more: str) -> tuple[list[ErpOrder], list[str]]:
    path = folder / "erp.txt"
    path.write_text(text, encoding="utf-8")
    warnings = Warnings()
    options = {"source": "", "by_source": False} | more
    found = erp_rows(BookFile(path), warnings, **options)  # type: ignore[arg-type] # by name
    return [order for _, _, order in found], warnings.texts


def test_a_table_is_read_whatever_its_columns_are_called(tmp_path: Path) -> None:
    found, warnings = orders(tmp_path, CSV)

    assert found[0] == ErpOrder(
        "SO-1", "PO-1", "0006001", customer_id="C-1", lines=(ErpLine("10"),)
    )
    assert joined(found[0], found[1]).lines == (ErpLine("10"), ErpLine("20", "3"))
    assert found[2].purchase_order == "PO;2\nb"
    assert warnings == [
        "erp.txt: column Colour is not read; known are "
        + ", ".join(erp_book.COLUMNS.shown)
    ]


def test_objects_are_read_with_their_lines(tmp_path: Path) -> None:
    (first, second), warnings = orders(tmp_path, NDJSON)

    assert first.lines == (ErpLine("10", "2", "SHI"),)
    assert first.placed_ms == 1_788_256_800_000
    assert (second.number, second.finished) == ("7", True)
    assert warnings == []


def test_a_column_that_is_nearly_known_comes_with_a_suggestion(tmp_path: Path) -> None:
    _, warnings = orders(tmp_path, "order,custommer\nSO-1,C-1\n")

    assert warnings == [
        "erp.txt: column custommer is not read; did you mean customer_id?"
    ]


def test_a_file_without_the_key_is_refused_with_what_it_has(tmp_path: Path) -> None:
    with pytest.raises(DecodeError, match="no column order among colour, size"):
        orders(tmp_path, "colour,size\nred,2\n")


def test_rows_without_a_number_are_named_and_left_out(tmp_path: Path) -> None:
    found, warnings = orders(tmp_path, "order,po\n,PO-1\nSO-2,\n")

    assert [one.number for one in found] == ["SO-2"]
    assert warnings == ["erp.txt: line 2: has no order number, left out"]


def test_where_orders_are_named_by_source_a_book_must_tell_it(tmp_path: Path) -> None:
    path = tmp_path / "erp.csv"
    path.write_text("order\nSO-1\n")

    with pytest.raises(DecodeError, match="give a column source, or --source"):
        list(erp_rows(BookFile(path), Warnings(), source="", by_source=True))
    ((name, _, _),) = erp_rows(BookFile(path), Warnings(), source="/a", by_source=True)
    assert name == "SO-1@/a"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b'{"order": 1}\n[1]\n', "line 2: is no object"),
        (b'{"order": 1}\nnope\n', "line 2: is no JSON"),
        (b"order\n\xff\n", "line 2: is not UTF-8"),
        (b"order\n" + b"x" * 1_000_001, "line 2: longer than"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(raw: bytes, why: str) -> None:
    with pytest.raises(DecodeError, match=why):
        list(rows(io.BytesIO(raw), "a book"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "has no row"),
        ("order,po\n", "has no row"),
        ("order,part,po\nSO-1,Cable, 2m,P1\n", "line 2: has 4 cells, its head 3"),
        ("order,part,po\nSO-1,P1\n", "line 2: has 2 cells"),
        ('order,part,po\nSO-1,"24 inch,P1\nSO-2,x,P2\n', "line 3: "),
    ],
)
def test_a_table_that_is_cut_or_ragged_is_no_book(
    text: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(DecodeError, match=why):
        orders(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("order,customer,customer_id\nSO-1,A,B\n", "customer and customer_id"),
        ("order,Order Number\nSO-1,SO-2\n", "order and Order Number"),
        ('{"order": "SO-1", "po": "A", "PO-Number": "B"}\n', "po and PO-Number"),
        (
            '{"order": "SO-1", "lines": [{"line": 1, "qty": 1, "quantity": 2}]}\n',
            "qty and quantity",
        ),
        ("order,po,po\nSO-1,A,B\n", "has 2 columns po"),
    ],
)
def test_two_columns_that_hold_the_same_are_named_and_none_wins(
    text: str, both: str, tmp_path: Path
) -> None:
    with pytest.raises(DecodeError, match=rf"erp.txt: line \d: .*{both}"):
        orders(tmp_path, text)


def received(folder: Path, text: str) -> list[receiver_book.Received]:
    path = folder / "acme.txt"
    path.write_text(text)
    return list(received_rows(BookFile(path, "acme"), Warnings()))


def test_a_bare_list_of_ids_is_a_book(tmp_path: Path) -> None:
    assert [one.event_id for one in received(tmp_path, "A1\nB2\n\n")] == ["A1", "B2"]
    assert [one.event_id for one in received(tmp_path, "event_id\nA1\n")] == ["A1"]


def test_what_a_notification_was_about_is_compared_only_where_it_is_told(
    tmp_path: Path,
) -> None:
    text = "id,order,type,line,quantity\nA,SO-1,im::order_shipped,10,2\nB,SO-1,,,\n"

    first, second = received(tmp_path, text)

    assert (first.order, second.order) == ("SO-1", "SO-1")
    assert first.about == "im::order_shipped|10||2"
    assert second.about == ""


TEXT = st.text(max_size=20)


@given(
    st.sampled_from(Kind),
    st.sampled_from(Act),
    st.lists(TEXT, min_size=8, max_size=8),
    st.lists(TEXT, max_size=3),
)
def test_a_plan_comes_back_as_it_was_written(
    kind: Kind, act: Act, texts: list[str], lines: list[str]
) -> None:
    order, why, event, item, endpoint, id_, reports, cause = texts
    repair = Repair(act, order, why, event, item, endpoint, id_, tuple(lines))
    one = Finding(kind, order, (Evidence("erp", reports, 5),), cause, repair)

    assert parsed(line(one)) == one


def test_a_repair_that_was_changed_by_hand_is_refused() -> None:
    one = Finding(Kind.BEHIND, "SO-1", (), "", Repair(Act.POLL, "SO-1", "1"))
    changed = line(one).replace('"order":"SO-1","why"', '"order":"SO-2","why"')

    with pytest.raises(DecodeError, match=r"plan: line 1: .* plan it anew"):
        list(read(io.BytesIO(changed.encode()), "plan"))
    with pytest.raises(DecodeError, match="plan: line 1: is no line of a plan"):
        list(read(io.BytesIO(b"{}\n"), "plan"))
    assert [found for _, found in read(io.BytesIO(line(one).encode()), "p")] == [one]
