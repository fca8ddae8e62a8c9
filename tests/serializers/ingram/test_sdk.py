"""Ingram Micro's own model of the notification reads what we write, and keeps it.

It is generated from Ingram's schema; the two other spellings are not its.
"""

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from pydantic import ValidationError

from serializers.ingram.encode import Notification, encode
from tests.serializers.ingram.test_encode import NOTIFICATION, NOTIFICATIONS
from tests.serializers.wire_samples import sample

if TYPE_CHECKING:
    from xi.sdk.resellers.models.order_status_async_notification_request import (
        OrderStatusAsyncNotificationRequest as IngramsModel,
    )


def read_by_ingram(body: bytes) -> "IngramsModel":
    # Half a second of generated modules, which every test process would read.
    from xi.sdk.resellers.models.order_status_async_notification_request import (  # noqa: PLC0415
        OrderStatusAsyncNotificationRequest as IngramsModel,
    )

    model = IngramsModel.from_json(body.decode())
    assert model is not None
    return model


#: What is not Ingram's, and what its model leaves out.
OURS = "returnedQuantity"


@given(NOTIFICATIONS)
def test_the_schema_spelling_goes_through_ingrams_model_without_loss(
    notification: Notification,
) -> None:
    body = encode(notification, "schema")

    written = json.loads(body)
    for line in (line for one in written["resource"] for line in one["lines"]):
        line.pop(OURS, None)
    assert json.loads(read_by_ingram(body).to_json()) == written


def test_ingrams_model_finds_every_field_where_it_looks_for_it() -> None:
    model = read_by_ingram(encode(NOTIFICATION, "schema"))

    assert model.event_id == "N01CIB9VVFYKR9J6ZW"
    assert model.event_time_stamp == "2024-09-02T15:17:00.123Z"
    shipped, _ = model.resource or []
    assert shipped.order_number == "20-RD128"
    (line,), (link,) = shipped.lines or [], shipped.links or []
    assert (line.line_number, line.backordered_quantity) == ("10", "0")
    first, _ = line.shipment_details or []
    assert [box.tracking_number for box in first.package_details or []] == [
        "1Z999",
        None,
        "1Z998",
    ]
    (serial,) = line.serial_number_details or []
    assert serial.serial_number == "123123123"
    assert (link.topic, link.type) == ("orders", "GET")


def test_ingrams_model_refuses_the_numbers_of_ingrams_own_example() -> None:
    with pytest.raises(ValidationError, match="requestedQuantity"):
        read_by_ingram(sample("ingram_example.json"))


def test_ingrams_model_loses_what_the_portal_spells_otherwise() -> None:
    kept = json.loads(read_by_ingram(encode(NOTIFICATION, "portal")).to_json())

    assert "eventTimeStamp" not in kept
    assert "LineNumber" not in kept["resource"][0]["lines"][0]
