"""Events as a seeded generator makes them: valid ones, and a few steps away from it."""

import copy
import random
from collections.abc import Iterator
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
YEARS = (0, 1, 1582, 1753, 1899, 1900, 1970, 1999, 2000, 2001, 2004, 2023, 2024, 2026)
YEARS += (2100, 2400, 9996, 9999)
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


class OddEvents:
    """One generator; equal seeds make equal events."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)

    def events(self, count: int) -> Iterator[Json]:
        """So many events, each up to three steps away from a valid one."""
        for _ in range(count):
            event = self._valid()
            if self._dice.random() < 0.2:
                event["time"] = self._time()
            for _ in range(self._dice.choice((0, 1, 1, 1, 2, 3))):
                self._step(event)
            yield event

    def _valid(self) -> Json:
        kind = self._dice.choice(TYPES)
        event: Json = {
            "specversion": "1.0",
            "id": "e-1",
            "source": "/erp",
            "type": kind,
        }
        data: Json = {"order_number": "SO-1"}
        if kind == "order.customer_linked":
            data["customer_id"] = "C-1"
        if kind == "order.status_changed":
            data["lines"] = [self._line() for _ in range(self._dice.randint(1, 3))]
        return event | {"data": data}

    def _line(self) -> Json:
        line: Json = {"line_number": "10", "status": "SHI"}
        if self._dice.random() < 0.5:
            line["quantity"] = self._quantity()
        if self._dice.random() < 0.5:
            line["ship_date"] = self._day()
        return line

    def _step(self, event: Json) -> None:
        """Change, add or leave out one member somewhere."""
        at = self._dice.choice(list(_objects(event)))
        name = self._dice.choice((*MEMBERS, *at, "traceid"))
        if self._dice.random() < 0.1:
            at.pop(name, None)
        elif self._dice.random() < 0.2:
            at[name] = self._anything(3)
        else:
            at[name] = self._fitting(name)

    def _fitting(self, name: str) -> Any:
        """A value that is likely to be one of this member's, right or nearly so."""
        made = {
            "time": self._time,
            "ship_date": self._day,
            "quantity": self._quantity,
            "lines": self._lines,
            "traceid": lambda: self._anything(4),
            "note": lambda: self._anything(4),
        }
        if name in made:
            return made[name]()
        # A copy, since the next step may change it.
        return copy.deepcopy(self._dice.choice(POOLS.get(name, TEXTS)))

    def _lines(self) -> Any:
        line = self._line()
        return self._dice.choice(([], [line], [line, self._line()], [{}], None))

    def _anything(self, depth: int) -> Any:
        dice = self._dice
        kinds = ["text", "number", "number", "plain"] + ["list", "object"] * (depth > 0)
        match dice.choice(kinds):
            case "text":
                return dice.choice((*TEXTS, *QUANTITIES))
            case "number":
                return dice.choice(NUMBERS)
            case "plain":
                return dice.choice((None, True, False))
            case "list":
                return [self._anything(depth - 1) for _ in range(dice.randint(0, 2))]
            case _:
                names = dice.sample(
                    ("note", "order_number", "", "x"), dice.randint(0, 2)
                )
                return {name: self._anything(depth - 1) for name in names}

    def _quantity(self) -> Any:
        pools = (NUMBERS, QUANTITIES, QUANTITIES, (None, True, [], {}))
        return self._dice.choice(self._dice.choice(pools))

    def _day(self) -> str:
        dice = self._dice
        if dice.random() < 0.1:
            return str(
                dice.choice(("", " ", "00000000", "0000-00-00", "2/9/2024", "now"))
            )
        dash = dice.choice(("-", "-", "-", "", "/"))
        month, day = dice.randint(0, 13), dice.choice((0, 1, 28, 29, 30, 31, 32))
        end = dice.choice(("", "", "", "", "\n", " ", "T00:00:00"))
        return f"{dice.choice(YEARS):04}{dash}{month:02}{dash}{day:02}{end}"

    def _time(self) -> Any:
        dice = self._dice
        if dice.random() < 0.1:
            return dice.choice((None, "", "now", 0, 1_790_000_000, "1900-01-01", []))
        day = (
            f"{dice.choice(YEARS):04}-{dice.randint(0, 13):02}-{dice.randint(0, 32):02}"
        )
        if dice.random() < 0.2:
            day = dice.choice(("2024-02-29", "9999-12-31", "2000-01-01", "2023-02-29"))
        hour = dice.choice((0, 12, 23, 23, 24))
        clock = (
            f"{hour:02}:{dice.choice((0, 59, 60)):02}:{dice.choice((0, 59, 60, 61)):02}"
        )
        between, end = dice.choice("TTTt _"), dice.choice(("", "", "", "", "\n", " "))
        return (
            f"{day}{between}{clock}{dice.choice(FRACTIONS)}{dice.choice(OFFSETS)}{end}"
        )


MEMBERS = (
    *("specversion", "id", "source", "type", "time", "subject", "datacontenttype"),
    *(
        "data_base64",
        "order_number",
        "purchase_order",
        "customer_id",
        "westcon",
        "deck",
    ),
    *(
        "order_type",
        "endpoints",
        "baseline",
        "lines",
        "line_number",
        "status",
        "quantity",
    ),
    *("part_number", "ship_date", "invoice", "description", "note", "time", "quantity"),
)


def _objects(value: Any) -> Iterator[Json]:
    """Every object in a value, itself first."""
    if isinstance(value, dict):
        yield value
    within = value.values() if isinstance(value, dict) else value
    for one in within if isinstance(value, dict | list) else ():
        yield from _objects(one)
