"""The fullest notification that planning makes, held against Ingram's own schema.

Its schema is in `ingram_order_status_schema.json`: the component
OrderStatusAsyncNotificationRequest of Ingram's published specification without its
descriptions. The one member that it requires is named where it does not exist, at the
root; no body of Ingram's own has it.
"""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types
from xi.sdk.resellers.models.order_status_async_notification_request import (
    OrderStatusAsyncNotificationRequest as IngramsModel,
)

from serializers.order_record import Portion, Shipment
from tasks.planning.lines.transitions import Growth, Transition
from tasks.planning.notifications import plan_notifications
from tests.serializers.wire_samples import sample
from tests.tasks.fakes import RULES, START_MS
from tests.tasks.samples import line, order

#: What only the ERP's returns and the receiver-facing pages have, or nobody knows.
NEVER = {"links", "shipFromWarehouseId", "cartonNumber"}


def fullest() -> bytes:
    """Two of five pieces shipped in one parcel, two in two, one back-ordered."""
    shipments = (
        Shipment("2026-03-01", "2", "UPS", "4M", "New York", ("1Z1",), ("S1", "S2")),
        Shipment("2026-03-02", "2", "DHL", "", "Dallas", ("2Z1", "2Z2"), ("S3",)),
    )
    full = line(
        part="IM-1",
        vendor_part="C9300",
        reached=(Portion("SHI", "4"),),
        now=(Portion("BOR", "1"),),
        shipments=shipments,
    )
    placed = order(
        purchase_order="PO-7", placed_ms=START_MS, endpoints=("acme",), lines=(full,)
    )
    changes = [Transition(line("BOR"), full, (Growth("SHI", "0", "4"),))]
    (made,) = plan_notifications(placed, changes, RULES, START_MS)[1]
    return made.payload


def names_in(value: object) -> set[str]:
    """Every member's name, at any depth."""
    match value:
        case dict():
            return set(value).union(*map(names_in, value.values()))
        case list():
            return set().union(*map(names_in, value))
    return set()


@pytest.fixture
def schema() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(sample("ingram_order_status_schema.json"))
    assert read.pop("required") == ["customerOrderNumber"]
    closed: dict[str, Any] = _closed(read)
    return closed


def _closed(part: Any) -> Any:
    """The schema without room for members that it does not name."""
    if not isinstance(part, dict):
        return part
    closed = {name: _closed(value) for name, value in part.items()}
    if closed.get("type") == "object":
        closed["additionalProperties"] = False
    return closed


def _properties(part: Any) -> set[str]:
    if not isinstance(part, dict):
        return set()
    own = part.get("properties", {})
    below = [_properties(one) for one in (*own.values(), part.get("items"))]
    return set(own).union(*below)


def test_the_fullest_notification_fits_ingrams_schema(schema: dict[str, Any]) -> None:
    Draft202012Validator(schema).validate(json.loads(fullest()))


def test_it_has_every_member_that_the_schema_has_a_source_for(
    schema: dict[str, Any],
) -> None:
    links = {"href", "type"}

    assert names_in(json.loads(fullest())) == _properties(schema) - NEVER - links


def test_ingrams_own_model_gives_it_back_whole() -> None:
    model = IngramsModel.from_json(fullest().decode())

    assert model is not None
    assert json.loads(model.to_json()) == json.loads(fullest())
