"""Records of orders: what is packed is read, also what older releases packed."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers import order_record
from serializers.errors import DecodeError
from serializers.formats.compression import inflate
from serializers.order_parcels import Loose, OrderParcels, Wait
from serializers.order_record import (
    Expected,
    Line,
    Order,
    Portion,
    Return,
    Shipment,
    Stamp,
    pack,
    unpack,
)

ORDER = Order(
    number="SO-1",
    purchase_order="PO-1",
    customer_id="C-1",
    westcon_number="4500000001",
    placed_ms=1_790_000_000_000,
    seen_ms=1_790_000_000_007,
    changed_ms=1_790_000_099_000,
    cancelled=True,
    facts_at=Stamp(1_790_000_000_000, (1_790_000_000_000, 3)),
    lines=(
        Line(
            "2400000001/10",
            "10",
            "2400000001",
            ordered="2",
            now=(Portion("SHI", "2"),),
            part="C9300",
            status_date="2026-11-20",
        ),
        Line(
            "2400000001/20",
            "20",
            "2400000001",
            ordered="1.5",
            now=(Portion("OPN", "1.5"),),
        ),
    ),
)

#: As in layout 1, in which a line is one status, written by hand.
PLAIN = (
    b'[1,"SO-1","PO-1","C-1","4500000001","W","",null,1790000000000,1790000000007,'
    b"1790000099000,2,[[1790000000000,1790000000000,3],[0,0,0],[0,0,0],[0,0,0]],"
    b'[["2400000001/10","10","2400000001","SHI","2026-11-20","2","C9300"],'
    b'["2400000001/20","20","2400000001","OPN","","1.5"]]]'
)

#: What was packed once; whatever changes, it stays readable.
KEPT = bytes.fromhex(
    "018b36044afbeb1a02f90110ca194c9a981a408021d4314a3a60171a9a5b1ac0010acf"
    "1cceb304513a464077e3566da0630cf73b3a1d0bf2b19109cc01481e460822fbca4cd7"
    "d05017121420f75b1a1b18800216d9084440a11801092a90e97aa64ab1b1b100"
)

#: What the release before has packed for an order placed at 0001-01-01T00:00:00+01:00.
YEAR_0 = bytes.fromhex(
    "018b36044afbeb1a02f901100a88cc0da0c010ea1225a073f3b381aed535333234363533"
    "303001cbeb189a9b1b199b99017946183c90c371ab373432067a5b87081590008207944e"
    "746c2c00"
)

WAIT = Wait("60012345/10", 1_772_366_400_123, "2")


def _text(packed: bytes) -> bytes:
    return inflate(packed[1:], order_record._WORDS)


TEXTS = st.text(max_size=20)
PORTIONS = st.lists(st.builds(Portion, TEXTS, TEXTS), max_size=3).map(tuple)
NUMBERS = st.lists(TEXTS, max_size=2).map(tuple)
SHIPMENTS = st.builds(Shipment, *[TEXTS] * 5, NUMBERS, NUMBERS, NUMBERS)
LINES = st.builds(
    Line,
    *[TEXTS.filter(bool), TEXTS, TEXTS, TEXTS],
    reached=PORTIONS,
    now=PORTIONS,
    shipments=st.lists(SHIPMENTS, max_size=2).map(tuple),
    invoices=PORTIONS,
    part=TEXTS,
    vendor_part=TEXTS,
    status_date=TEXTS,
    asked_ms=st.just(0) | st.integers(946_684_800_000, 253_402_300_799_999),
    changes=st.integers(0, 99),
    notified=st.booleans(),
    shrunk_ms=st.integers(0, 2**45),
    unread=TEXTS,
)
#: 2000-01-01 to 9999-12-31.
MOMENTS = st.integers(946_684_800_000, 253_402_300_799_999)
STAMPS = st.just(Stamp()) | st.builds(
    Stamp, MOMENTS, st.tuples(st.integers(0, 2**45), st.integers(0, 99))
)
ORDERS = st.builds(
    Order,
    number=TEXTS,
    purchase_order=TEXTS,
    customer_id=TEXTS,
    westcon_number=TEXTS,
    westcon_type=st.sampled_from("WC"),
    deck_number=TEXTS,
    endpoints=st.none() | st.lists(TEXTS, max_size=3).map(tuple),
    placed_ms=st.just(0) | MOMENTS,
    seen_ms=st.just(0) | MOMENTS,
    changed_ms=st.just(0) | MOMENTS,
    baseline=st.booleans(),
    cancelled=st.booleans(),
    facts_at=STAMPS,
    placed_at=STAMPS,
    customer_at=STAMPS,
    cancelled_at=STAMPS,
    lines=st.lists(LINES, max_size=4).map(tuple),
    incarnation=st.integers(0, 2**40 - 1),
    source=TEXTS,
    returns=st.lists(st.builds(Return, TEXTS, TEXTS), max_size=2).map(tuple),
    notified_ms=st.just(0) | MOMENTS,
    set_aside=st.lists(TEXTS, max_size=2).map(tuple),
    assigned=st.lists(TEXTS, max_size=2).map(tuple),
    account=TEXTS.filter(bool),
    site=TEXTS.filter(bool),
    states_account=st.just(value=True),
    states_site=st.just(value=True),
    aside=st.lists(LINES, max_size=2).map(tuple),
    expected=st.lists(st.builds(Expected, TEXTS, TEXTS, TEXTS), max_size=3).map(tuple),
)


@given(order=ORDERS)
def test_what_is_packed_is_read(order: Order) -> None:
    assert unpack(pack(order)) == order


def test_a_record_of_the_layout_of_one_status_stays_readable() -> None:
    assert unpack(KEPT) == ORDER


def test_a_record_that_is_not_deflated_is_read() -> None:
    assert unpack(PLAIN) == ORDER


def test_a_record_takes_little_of_what_it_states() -> None:
    assert len(pack(ORDER)) < len(PLAIN) / 2


@pytest.mark.parametrize("cut", range(1, len(KEPT)))
def test_a_record_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(DecodeError):
        unpack(KEPT[:cut])


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"?",
        b"\x01",
        b"\x01?",
        b"\x02" + KEPT[1:],
        KEPT + b"?",
        b"{}",
        b"[]",
        b"[1]",
        b"null",
    ],
)
def test_what_is_no_record_is_refused(packed: bytes) -> None:
    with pytest.raises(DecodeError):
        unpack(packed)


def test_a_record_that_was_placed_in_the_year_0_is_read_without_that_moment() -> None:
    entry = (1_772_366_400_123, 0)

    order = unpack(YEAR_0)

    assert (order.number, order.placed_ms) == ("SO-1", 0)
    assert order.placed_at == order.facts_at == Stamp(0, entry)
    assert order.cancelled_at == Stamp()
    assert unpack(pack(order)) == order


#: A moment in the record that is none: years 0, 1, 1900, 1970 and 10000, and worse.
@pytest.mark.parametrize(
    "ms",
    [
        -62_167_219_200_000,
        -62_135_600_400_000,
        -2_208_988_800_000,
        0,
        946_598_399_999,
        253_402_304_399_000,
        10**40,
        -(10**40),
        1e300,
        float("nan"),
    ],
)
def test_a_moment_that_can_be_none_is_read_as_none(ms: float) -> None:
    wrong = json.dumps(ms).encode()
    packed = PLAIN.replace(b"null,1790000000000", b"null," + wrong, 1)
    packed = packed.replace(b"[[1790000000000,1790000000000,3]", b"[[%b,5,3]" % wrong)
    packed = packed.replace(b"[0,0,0]", b"[%b,1790000000000,4]" % wrong, 1)

    order = unpack(packed)

    assert order.placed_ms == 0
    assert order.facts_at == Stamp(0, (5, 3))
    assert order.placed_at == Stamp(0, (1_790_000_000_000, 4))
    assert order.seen_ms == ORDER.seen_ms


@pytest.mark.parametrize("place", range(1, 14))
@pytest.mark.parametrize("value", [b"{}", b"[[]]", b"true", b"7", b'"x"', b"[[1]]"])
def test_a_damaged_record_is_read_or_refused(place: int, value: bytes) -> None:
    record = [json.dumps(one).encode() for one in json.loads(PLAIN)]
    record[place] = value

    with suppress(DecodeError):
        unpack(b"[" + b",".join(record) + b"]")


@pytest.mark.parametrize("text", ["SO-1", "4500000001", "W", "2400000001/10", "1.5"])
@pytest.mark.parametrize("value", [b"7", b"null", b"[]", b"{}", b"true"])
def test_a_record_with_something_else_in_place_of_a_text_is_refused(
    text: str, value: bytes
) -> None:
    with pytest.raises(DecodeError):
        unpack(PLAIN.replace(b'"%b"' % text.encode(), value, 1))


def test_a_record_whose_endpoints_are_no_texts_is_refused() -> None:
    with pytest.raises(DecodeError):
        unpack(PLAIN.replace(b"null", b"[7]", 1))


def test_a_record_nested_too_deep_is_refused() -> None:
    with pytest.raises(DecodeError):
        unpack(b"[" * 100_000)


def test_a_record_of_a_later_release_states_which() -> None:
    with pytest.raises(DecodeError, match="layout 99, this release reads 1 to 4"):
        unpack(b'[99,"SO-1"]')


@pytest.mark.parametrize("known", [1, 2, 3])
def test_a_line_that_states_next_to_nothing_is_packed_and_read(known: int) -> None:
    key, number, sub_order = ["24/10", "10", "24"][:known] + [""] * (3 - known)
    line = Line(key, number, sub_order)

    order = Order("SO-1", lines=(line,))

    assert unpack(pack(order)) == order


def test_a_line_whose_empty_status_was_left_out_is_read() -> None:
    left_out = PLAIN.replace(b',"SHI","2026-11-20","2","C9300"', b"")

    line = Line("2400000001/10", "10", "2400000001", now=(Portion("", ""),))
    assert unpack(left_out).lines[0] == line


def test_the_parts_of_a_split_line_are_one_line() -> None:
    parts = PLAIN.replace(
        b'"2400000001/20","20","2400000001","OPN","","1.5"',
        b'"2400000001/10#2","10","2400000001","INV","","3","","","2026-11-21","9001"',
    )

    (line,) = unpack(parts).lines

    assert (line.key, line.ordered) == ("2400000001/10", "5")
    assert line.now == (Portion("SHI", "2"), Portion("INV", "3"))
    assert line.shipments == (Shipment("2026-11-21", "3"),)
    assert line.invoices == (Portion("9001", "3"),)


@pytest.mark.parametrize("returns", [(), (Return("10", "1"),)])
@pytest.mark.parametrize(
    "parcels",
    [
        OrderParcels(),
        OrderParcels((Wait("60012345/10", 1_772_366_400_123, "2"),)),
        OrderParcels((Wait("1/1", 1, "?"), Wait("1/2", 2)), ("1/3",)),
        OrderParcels(open=("60012345/10",)),
        OrderParcels(serials=(Loose("S-1", "AA:BB"), Loose("", "CC"))),
    ],
)
def test_what_is_known_of_parcels_is_kept_beside_returns(
    returns: tuple[Return, ...], parcels: OrderParcels
) -> None:
    order = Order("SO-1", returns=returns, parcels=parcels)

    assert unpack(pack(order)) == order


def test_a_wait_of_the_release_before_is_of_whatever_waits() -> None:
    record = json.loads(_text(pack(Order("SO-1", parcels=OrderParcels((WAIT,))))))
    record[-1] = [1_772_366_400_123, ["60012345/20"]]

    parcels = unpack(json.dumps(record).encode()).parcels

    assert parcels == OrderParcels(
        (Wait("", 1_772_366_400_123),), open=("60012345/20",)
    )


@pytest.mark.parametrize("kept", [[[7, 1, ""]], [["k", 1, 7]], [["k", 1]], "x", {}])
def test_a_wait_that_is_none_is_refused(kept: object) -> None:
    record = json.loads(_text(pack(Order("SO-1", parcels=OrderParcels((WAIT,))))))
    record[-1] = [kept]

    with suppress(DecodeError):
        assert unpack(json.dumps(record).encode()).parcels == OrderParcels()
