"""Members of an event's data that nobody reads: slips apart from extensions."""

from typing import Any

import pytest

from serializers.events.members import MAX_NAMED, Unknown, nearest, unknown_members
from serializers.events.shape import DataPart, LinePart, ShipmentPart
from tests.serializers.events.event_samples import wire

OURS = [
    name for part in (DataPart, LinePart, ShipmentPart) for name in part.model_fields
]


def found(**data: Any) -> tuple[Unknown, ...]:
    return unknown_members(wire(**{f"data__{name}": v for name, v in data.items()}))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("custommer_id", "customer_id"),
        ("customer_di", "customer_id"),
        ("customerId", "customer_id"),
        ("CUSTOMER-ID", "customer_id"),
        ("costumer_id", "customer_id"),
        ("purchaseorder", "purchase_order"),
        ("endpoint", "endpoints"),
        ("line", "lines"),
        ("Baseline", "baseline"),
        ("order_nummber", "order_number"),
    ],
)
def test_a_slip_is_reported_with_the_name_that_was_meant(
    written: str, meant: str
) -> None:
    (one,) = found(**{written: "x"})

    assert one.problem == f"data.{written}: did you mean {meant}?"


@pytest.mark.parametrize(
    "name", ["customer", "purchase_order_date", "links", "note", "x", "erp_order", "é"]
)
def test_another_name_is_an_extension(name: str) -> None:
    (one,) = found(**{name: "x"})

    assert (one.path, one.meant) == (f"data.{name}", "")


@pytest.mark.parametrize("name", OURS)
def test_every_name_of_ours_in_another_spelling_is_nearly_ours(name: str) -> None:
    camel = name.title().replace("_", "")

    assert nearest(camel, {name: None}) == name
    assert nearest(camel[:1] + camel, {name: None}) == name


def test_slips_are_found_at_every_level_with_their_path() -> None:
    line = {"line_number": "1", "quantitty": "2", "shipments": [{"carier": "UPS"}]}

    problems = [
        one.problem for one in found(westcon={"orderNumber": "6"}, lines=[line])
    ]

    assert problems == [
        "data.westcon.orderNumber: did you mean order_number?",
        "data.lines[0].quantitty: did you mean quantity?",
        "data.lines[0].shipments[0].carier: did you mean carrier?",
    ]


def test_what_is_declared_or_null_is_not_unknown() -> None:
    shipment = dict.fromkeys(ShipmentPart.model_fields, "x")
    line = dict.fromkeys(LinePart.model_fields, "x") | {"shipments": [shipment]}

    assert found(lines=[line], custommer_id=None) == ()


def test_a_name_is_shown_harmlessly_and_so_many_of_them() -> None:
    (one,) = found(**{"a\x1b[2J\u202e": 1})

    assert one.path.isprintable()
    assert len(found(**{f"other{n}": 1 for n in range(MAX_NAMED + 5)})) == MAX_NAMED
