"""Events that are likely to be accepted, with values that few would think of."""

from typing import Any

from hypothesis import strategies as st

from serializers.events.decode import EventType

#: Texts that separate, pad, escape, look like something else, or turn the page around.
NAMES = st.sampled_from(
    (
        *(
            "10",
            "0010",
            "10#2",
            "1/0",
            "%",
            "a:b",
            "{wb:0}",
            "-1",
            "--json",
            "0",
            "000",
        ),
        *(
            "é",
            "日本",
            "\U0001f4e6",
            "\u202eabc",
            "\u200b",
            "a\u00a0b",
            "'\"<&>",
            "\\",
            "?*[",
        ),
        *("x" * 128, "SO 1", " padded ", "nan", "null", "1e5", "; ", "seen 1 new>SHI"),
    )
) | st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
TEXTS = st.none() | st.just("") | NAMES

DAYS = (
    *(
        "1900-01-01",
        "0001-01-01",
        "1999-12-31",
        "2000-01-01",
        "2024-02-29",
        "2026-03-01",
    ),
    *("9999-12-31", "2099-12-31"),
)
CLOCKS = ("00:00:00", "23:59:59", "23:59:60", "12:00:00.123456789")
OFFSETS = ("Z", "z", "+00:00", "-23:59", "+23:59", "+01:00")
TIMES = (
    st.sampled_from(("0000-00-00T00:00:00Z", "1899-12-30T00:00:00", "1970-01-01"))
    | st.builds("{}T{}{}".format, *map(st.sampled_from, (DAYS, CLOCKS, OFFSETS)))
    | st.datetimes().map(lambda at: at.isoformat() + "Z")
)
QUANTITIES = (
    st.sampled_from(("", "-0", "+5.", "  2.000", "9" * 15, "-" + "0." + "0" * 14 + "1"))
    | st.sampled_from((0, -0.0, 1e-15, 999_999_999_999_999.9, 0.1 + 0.2, -(10**15) + 1))
    | st.decimals(-(10**6), 10**6, places=3).map(str)
    | st.none()
)
STATUSES = (
    st.sampled_from(("SHI", "INV", "SCH", "REJ", "OPN", "NAO", "shi", "weird")) | NAMES
)
SHIP_DATES = st.none() | st.sampled_from(("", "00000000", "0000-00-00", *DAYS))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**40) + 1, 10**40 - 1) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2)
    ),
    max_leaves=4,
)


def _some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=members)


LINES = st.lists(
    st.builds(
        lambda line, more: more | line,
        st.fixed_dictionaries({"line_number": NAMES, "status": STATUSES}),
        _some(
            quantity=QUANTITIES,
            part_number=TEXTS,
            ship_date=SHIP_DATES,
            invoice=TEXTS,
            description=st.text(max_size=20),
            note=ANYTHING,
        ),
    ),
    min_size=1,
    max_size=4,
)
WESTCON = _some(order_number=TEXTS, order_type=st.sampled_from("WC"))


def _event(kind: str, order: str, envelope: Any, facts: Any, needed: Any) -> Any:
    return {
        "specversion": "1.0",
        "source": "/erp",
        "type": f"order.{kind}",
        **envelope,
        "data": {**facts, **needed, "order_number": order},
    }


#: Of few orders, so that several events meet in one of them.
EVENTS = st.builds(
    _event,
    st.sampled_from([kind.removeprefix("order.") for kind in EventType]),
    st.sampled_from(("SO-A", "SO-B")) | NAMES,
    st.fixed_dictionaries(
        {"id": NAMES},
        optional={
            "time": TIMES,
            "datacontenttype": st.sampled_from(("Application/JSON", "a/b+json; c=d")),
            "trace": ANYTHING,
        },
    ),
    _some(
        purchase_order=TEXTS,
        westcon=WESTCON,
        deck=_some(order_number=TEXTS),
        endpoints=st.lists(NAMES | st.just("schema"), max_size=3),
        baseline=st.booleans(),
    ),
    st.fixed_dictionaries({"customer_id": NAMES, "lines": LINES}),
)
