"""Values as an event may have them, and such as it may not."""

from typing import Any

Json = dict[str, Any]

TEXTS = (
    *(
        "",
        " ",
        "   ",
        "SO-1",
        " SO-1 ",
        "0010",
        "10#2",
        "a/b",
        "%",
        "é",
        "日本",
        "x" * 128,
    ),
    *(
        "x" * 129,
        "x" * 256,
        "x" * 257,
        "a\tb",
        "SO\n",
        "\0",
        "\x1f",
        "\x7f",
        "\x85",
        "\u00a0",
    ),
    *(
        "\u2007x",
        "\u200b",
        "\u2028",
        "\ufeff",
        "\ufffe",
        "\uffff",
        "\U0001f4e6",
        "\u202ex",
    ),
)
NUMBERS = (
    *(0, -0.0, 1, -1, 2.5, 0.1 + 0.2, 1e-6, 1e-15, -1e-15, 9.99e-16, 1e-300, 5e-324),
    *(10**15 - 1, 10**15, -(10**15), 1e15, 999_999_999_999_999.9, 1e22, 10**39, 1e39),
    *(10**40 - 1, 10**40, -(10**40), 1e40, -1e300, 10**45, 2**53 + 1, 1.7976e308),
)
QUANTITIES = (
    *(
        "",
        " ",
        "2",
        "         2.000",
        "2.",
        ".5",
        "+3",
        "-0",
        "-1.10",
        "1e3",
        "2,5",
        "--1",
    ),
    *(
        "1" * 15,
        "1" * 16,
        "0" * 40 + "7",
        "1." + "0" * 60,
        "0." + "1" * 15,
        "0." + "1" * 16,
    ),
    *(
        "9" * 41,
        "-" + "9" * 15 + "." + "9" * 15,
        "٣",
        "²",
        "2\n",
        "\u00a02",
        "2 000",
        "two",
    ),
)
TYPES = (
    "order.placed",
    "order.customer_linked",
    "order.status_changed",
    "order.cancelled",
    "order.returned",
)
CONTENT = (
    *(
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "text/json",
    ),
    *(
        "application/cloudevents+json",
        "a/b+JSON;x=1",
        " application/json ",
        "application/xml",
    ),
    *(
        "application/json+xml",
        "json",
        "",
        "application/",
        "/json",
        "a b/json",
        "application/json;\n",
    ),
    *("application/json\n", "application/jsonx", "+json", "application/+json"),
)
YEARS = (
    *(0, 1, 1582, 1753, 1899, 1900, 1970, 1999, 2000, 2001, 2004, 2023, 2024, 2026),
    *(2100, 2400, 9996, 9999),
)
OFFSETS = (
    "Z",
    "z",
    "+00:00",
    "-05:00",
    "+23:59",
    "-23:59",
    "+24:00",
    "+01:60",
    "",
    "+0100",
)
FRACTIONS = (
    "",
    "",
    "",
    ".1",
    ".123",
    ".0000000",
    "." + "9" * 30,
    "." + "9" * 31,
    ".",
    ",5",
)


POOLS: dict[str, tuple[Any, ...]] = {
    "datacontenttype": CONTENT,
    "type": TYPES,
    "subject": ("SO-1", "SO-1", " SO-1", "", "SO-2"),
    "baseline": (True, False, None, 0, "true"),
    "westcon": ({}, {"order_number": "6"}, {"order_type": "C"}, None),
    "deck": ({}, {"order_number": "6"}, None, "6"),
    "endpoints": ([], ["acme"], ["a", ""], ["a"] * 101, [None]),
}
