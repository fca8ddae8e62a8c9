"""An event is known by its meaning: what is written otherwise is the same event."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.events import entry
from serializers.events.entry_fields import of_event
from serializers.events.identity import PARTS, TAG, differences
from serializers.formats.strict_json import exact_decimal
from tests.serializers.events.event_samples import wire

Json = Any

#: The mark of a line with one shipment, as the release before shipments has made it.
STORED_WITH_SHIPMENTS = "2:7QPgTl4MV4DCW5H2x2LwR9gAeAAA2njdAPHG"

#: The mark of an event with an account, as the release before accounts has made it.
STORED_WITH_ACCOUNT = "2:1qyv4TtJivgYJf9Jq4CzStgAeAAA2njdAAAq"

#: Whole members of the contract and some that nobody reads.
FULL = wire(
    type="order.status_changed",
    time="2026-03-02T09:15:00Z",
    subject="SO-1",
    datacontenttype="application/json",
    traceparent="00-ab",
    sequence=7,
    data__purchase_order="PO-7",
    data__customer_id="C-1",
    data__westcon={"order_number": "6000", "order_type": "W", "region": "EU"},
    data__deck={"order_number": "D-1"},
    data__endpoints=["acme", "globex"],
    data__baseline=False,
    data__weight=1.5,
    data__lines=[
        {"line_number": "10", "status": "SHI", "quantity": 2, "bin": "A", "price": 0.1},
        {"line_number": "20", "status": "INV", "ship_date": "2026-03-02"},
    ],
)

#: Whether a null member is written at all.
KEPT = st.booleans()
PLAIN_TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(-1e6, 1e6)
    | PLAIN_TEXT
)
EXTENSIONS = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(PLAIN_TEXT, inner, max_size=3)
    ),
    max_leaves=6,
)


def mark_of(body: bytes) -> str:
    return entry.read(of_event(body)).mark


def mark(value: Json) -> str:
    return mark_of(json.dumps(value).encode())


@st.composite
def written(draw: st.DrawFn, value: Json) -> str:
    """The same JSON in another spelling."""

    def blank() -> str:
        return draw(st.sampled_from(["", "", " ", "\n", "\t \r\n"]))

    def number(exact: Decimal) -> str:
        sign, digits, exponent = exact.as_tuple()
        assert isinstance(exponent, int)
        zeros = draw(st.integers(0, 3))
        shifted = "".join(map(str, digits)) + "0" * zeros
        minus = "-" if sign else ""
        plain = f"{exact:f}"
        return draw(
            st.sampled_from(
                [
                    f"{minus}{shifted.lstrip('0') or '0'}e{exponent - zeros}",
                    f"{plain}{'' if '.' in plain else '.'}{'0' * (zeros + 1)}",
                    plain,
                ]
            )
        )

    def text(one: str) -> str:
        return json.dumps(one, ensure_ascii=draw(st.booleans()))

    def spelled(one: Json) -> str:
        match one:
            case bool() | None:
                return json.dumps(one)
            case int() | float() | Decimal():
                return number(Decimal(str(one)))
            case str():
                return text(one)
            case list():
                return (
                    f"[{','.join(blank() + spelled(each) + blank() for each in one)}]"
                )
        members = [
            (n, m) for n, m in one.items() if m is not None or draw(st.booleans())
        ]
        members = draw(st.permutations(members))
        inside = ",".join(
            f"{blank()}{text(n)}{blank()}:{blank()}{spelled(m)}{blank()}"
            for n, m in members
        )
        return f"{{{inside}}}"

    return f"{blank()}{spelled(value)}{blank()}"


@st.composite
def events(draw: st.DrawFn) -> Json:
    """A full event with members of somebody else's at every level."""
    value = json.loads(json.dumps(FULL))
    more = draw(st.dictionaries(st.sampled_from("xyz"), EXTENSIONS, max_size=2))
    places = [value, value["data"], value["data"]["westcon"], value["data"]["lines"][1]]
    draw(st.sampled_from(places)).update(more)
    return value


@given(st.data())
def test_another_spelling_is_the_same_event(data: st.DataObject) -> None:
    value = data.draw(events())

    one, other = data.draw(written(value)), data.draw(written(value))

    assert mark_of(one.encode()) == mark_of(other.encode()), (one, other)


def leaves(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    else:
        yield path
    for name, member in pairs:
        yield from leaves(member, (*path, name))


#: Without a meaning of its own: fixed, the event's name, or how the content is written.
SILENT = {
    ("specversion",),
    ("id",),
    ("source",),
    ("subject",),
    ("datacontenttype",),
    ("data", "baseline"),
}
OTHER: dict[str, Json] = {
    "type": "order.placed",
    "time": "2026-03-02T09:15:00.0000001Z",
    "order_type": "C",
    "quantity": 3,
    "ship_date": "2026-03-03",
}


def changed(path: tuple[Any, ...]) -> Json:
    value = json.loads(json.dumps(FULL))
    holder = value
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = OTHER.get(str(path[-1]), "other")
    if path == ("data", "order_number"):
        value["subject"] = "other"
    return value


@pytest.mark.parametrize("path", sorted(set(leaves(FULL)) - SILENT, key=str))
def test_any_member_that_truly_differs_makes_another_event(
    path: tuple[Any, ...],
) -> None:
    named = differences(mark(FULL), mark(changed(path)))

    assert mark(FULL) != mark(changed(path))
    known = [name for name in PARTS if ".".join(map(str, path)).startswith(name)]
    unread = {"traceparent", "sequence", "weight", "region", "bin", "price"}
    expected = PARTS[-1] if path[-1] in unread else known[0]
    assert named == (expected,)


SAME: tuple[dict[str, Json], ...] = (
    {"data__purchase_order": " PO "},
    {"time": None, "x": None, "data__endpoints": None},
    {"subject": " SO-1"},
    {"datacontenttype": "text/json"},
    {"data__baseline": False},
    {"data__lines": []},
    {"data__deck": {"order_number": "SO-1"}},
)


@pytest.mark.parametrize("changes", SAME)
def test_what_means_nothing_does_not_count(changes: dict[str, Json]) -> None:
    plain = {"data__purchase_order": "PO"}

    assert mark(wire(**plain)) == mark(wire(**{**plain, **changes}))


def test_the_same_moment_with_another_offset_is_the_same() -> None:
    moments = ("09:15:00Z", "10:15:00.000+01:00", "09:15:00.0-00:00")

    marks = {mark(wire(time=f"2026-03-02T{moment}")) for moment in moments}

    assert len(marks) == 1
    assert mark(wire()) not in marks


@pytest.mark.parametrize("finer", ["0001", "00010", "000100000"])
def test_an_instant_counts_as_finely_as_it_is_written(finer: str) -> None:
    coarse, fine = "2026-03-02T09:15:00.000Z", f"2026-03-02T09:15:00.{finer}Z"

    assert mark(wire(time=coarse)) != mark(wire(time=fine))
    assert mark(wire(time=fine)) == mark(wire(time="2026-03-02T09:15:00.0001Z"))


def test_shipments_count_and_an_event_without_them_keeps_its_mark() -> None:
    """They were among the members that are not read, and marks outlive a release."""
    plain = {"line_number": "1", "status": "S"}
    parcels: tuple[Json, ...] = (
        [],
        [{"tracking_numbers": ["1Z"]}],
        [{"tracking_numbers": ["1Z"], "quantity": 2}],
    )

    marks = [mark(wire(data__lines=[plain | {"shipments": p}])) for p in parcels]

    assert len({*marks, mark(wire(data__lines=[plain]))}) == len(parcels) + 1
    assert marks[1] == STORED_WITH_SHIPMENTS


def test_an_account_counts_and_an_event_with_one_keeps_its_mark() -> None:
    """It was among the members that are not read before it chose anything."""
    at = [{"account": "dach"}, {"account": "uk"}, {}, {"account": None}]

    marks = [mark(wire(data__westcon=one)) for one in at]

    assert len({*marks}) == 3
    assert marks[0] == STORED_WITH_ACCOUNT
    assert marks[2] == marks[3]


def line(quantity: str) -> bytes:
    one = {"line_number": "1", "status": "S", "quantity": 0}
    text = json.dumps(wire(data__lines=[one]))
    return text.replace('"quantity": 0', f'"quantity": {quantity}').encode()


def test_quantities_are_compared_as_decimals_text_or_number() -> None:
    same = ("2", "2.0", "2e0", "0.2E1", '"2"', '"  2.000"', '"+2"')

    assert len({mark_of(line(each)) for each in same}) == 1
    assert mark_of(line("2.0000000000000000001")) != mark_of(line("2"))


def test_numbers_that_no_float_distinguishes_differ() -> None:
    one, other = b'"x": 0.1', b'"x": 0.10000000000000000001'
    body = json.dumps(wire(x=5)).encode()

    marks = {mark_of(body.replace(b'"x": 5', each)) for each in (one, other)}

    assert len(marks) == 2


@given(st.decimals(allow_nan=False, allow_infinity=False), st.integers(0, 5))
def test_a_decimal_has_one_spelling(number: Decimal, zeros: int) -> None:
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    longer = Decimal((sign, (*digits, *([0] * zeros)), exponent - zeros))

    assert exact_decimal(str(number)) == exact_decimal(str(longer))
    assert Decimal(exact_decimal(str(number))) == number


@given(EXTENSIONS, EXTENSIONS)
def test_members_that_nobody_reads_differ_when_they_do(one: Json, other: Json) -> None:
    alike = bare(one) == bare(other)

    assert (mark(wire(x=one)) == mark(wire(x=other))) == alike


def bare(value: Json) -> Json:
    """What counts of it: no null members, numbers distinguished from truths."""
    match value:
        case bool():
            return ("truth", value)
        case int() | float():
            return Decimal(repr(value))
        case list():
            return [bare(each) for each in value]
        case dict():
            return {n: bare(each) for n, each in value.items() if each is not None}
    return value


def test_a_mark_has_its_format_and_a_fixed_length() -> None:
    assert mark(FULL).startswith(TAG)
    assert len(mark(FULL)) == len(mark(wire())) == 38
    # Computed once: a change of it needs a tag of its own.
    assert mark(wire()) == MARK


MARK = "2:jEpN4f2I9N0S21hcU6T2fNgAeAAA2njdAAAa"


@pytest.mark.parametrize("other", ["", "d" * 32, "3:AAAA", "2:", "2:AAAA"])
def test_marks_of_another_format_name_no_difference(other: str) -> None:
    assert differences(mark(FULL), other) == ()
