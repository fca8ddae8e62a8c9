"""Events as a seeded generator makes them: valid ones, and a few steps away from it."""

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.serializers.odd_values import (
    FRACTIONS,
    NUMBERS,
    OFFSETS,
    POOLS,
    QUANTITIES,
    TEXTS,
    TYPES,
    YEARS,
    Json,
)


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
        if kind == "order.returned":
            amount = {"quantity": self._quantity()}
            data["lines"] = [self._line() | amount for _ in range(2)]
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
        made: dict[str, Callable[[], Any]] = {
            "time": self._time,
            "ship_date": self._day,
            "quantity": self._quantity,
            "lines": self._lines,
            "shipments": self._shipments,
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

    def _shipments(self) -> Any:
        codes = self._dice.choice((["1Z9"], [" 1Z9 ", "2"], [""], [5], [], None))
        one: Json = {
            "tracking_numbers": codes,
            "quantity": self._quantity(),
            "carrier": self._dice.choice(("UPS", "", None, 7)),
        }
        return self._dice.choice(([one], [one, {}], [], {}, None, [None]))

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
        others: tuple[Any, ...] = (None, True, [], {})
        pools = (NUMBERS, QUANTITIES, QUANTITIES, others)
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
    *("shipments", "shipments", "serial_numbers", "warehouse"),
)


def _objects(value: Any) -> Iterator[Json]:
    """Every object in a value, itself first."""
    if isinstance(value, dict):
        yield value
    within = value.values() if isinstance(value, dict) else value
    for one in within if isinstance(value, dict | list) else ():
        yield from _objects(one)
