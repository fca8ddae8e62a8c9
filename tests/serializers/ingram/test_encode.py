"""Ingram's notification: three published spellings out, all known ones in."""

from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.errors import DecodeError
from serializers.ingram.encode import (
    SPELLINGS,
    Link,
    Notification,
    NotificationLine,
    Package,
    Resource,
    Shipment,
    decode,
    encode,
    line_bytes,
    most_bytes,
)
from tests.serializers.wire_samples import FILLED, STRIPPED, reading, sample, spoiled

SHIPPED = NotificationLine(
    line_number="10",
    sub_order_number="60012344",
    line_status="IM::shipped",
    ingram_part_number="5CX895",
    vendor_part_number="TC57HO",
    requested_quantity="3",
    shipped_quantity="2.5",
    backordered_quantity="0",
    shipments=(
        Shipment(
            "2024-09-02",
            "4M",
            "SMARTPOST-BM",
            "10",
            "New York",
            (Package("1Z999", "1", "2"), Package("", "2"), Package("1Z998")),
        ),
        Shipment("2024-09-03"),
    ),
    serial_numbers=("123123123",),
)
NOTIFICATION = Notification(
    event_id="N01CIB9VVFYKR9J6ZW",
    event_timestamp="2024-09-02T15:17:00.123Z",
    resources=(
        Resource(
            "im::order_shipped",
            "20-RD128",
            "ZENPO",
            "2024-09-01T08:54:39Z",
            (SHIPPED,),
            (Link("/resellers/v6/orders/20-RD128", "orders", "GET"),),
        ),
        Resource("im::order_voided", "20-RD128", "", "", ()),
    ),
)

T = TypeVar("T")


def some(values: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(values, max_size=2).map(tuple)


PACKAGES = st.builds(Package, STRIPPED, STRIPPED, STRIPPED).filter(
    lambda package: package != Package("")
)
QUANTITIES = st.sampled_from(("", "0", "1", "2.5", "-3", "1000000000000000000000"))
NOTIFICATIONS = st.builds(
    Notification,
    event_id=FILLED,
    event_timestamp=STRIPPED,
    resources=st.lists(
        st.builds(
            Resource,
            STRIPPED,
            STRIPPED,
            STRIPPED,
            STRIPPED,
            st.lists(
                st.builds(
                    NotificationLine,
                    STRIPPED,
                    STRIPPED,
                    STRIPPED,
                    STRIPPED,
                    STRIPPED,
                    QUANTITIES,
                    QUANTITIES,
                    QUANTITIES,
                    some(st.builds(Shipment, *[STRIPPED] * 5, some(PACKAGES))),
                    some(FILLED),
                    QUANTITIES,
                ),
                max_size=2,
            ).map(tuple),
            some(st.builds(Link, FILLED, STRIPPED, STRIPPED)),
        ),
        max_size=2,
    ).map(tuple),
    topic=STRIPPED,
    event=STRIPPED,
)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_notification_is_written_and_read_as_the_golden_bytes(spelling: str) -> None:
    golden = sample(f"ingram_{spelling}.json")

    assert encode(NOTIFICATION, spelling) == golden
    assert decode(golden) == NOTIFICATION


@given(NOTIFICATIONS, st.sampled_from(SPELLINGS))
def test_every_notification_survives_every_spelling(
    notification: Notification, spelling: str
) -> None:
    assert decode(encode(notification, spelling)) == notification


@given(NOTIFICATIONS)
def test_no_line_takes_more_bytes_than_its_bound(notification: Notification) -> None:
    for line in (line for one in notification.resources for line in one.lines):
        assert line_bytes(line) <= most_bytes(line)


def test_another_spelling_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        encode(NOTIFICATION, "invented")


def test_lower_case_aliases_single_objects_and_nulls_are_read() -> None:
    notification = decode(sample("ingram_lower_case.json"))

    assert notification.event_id == "DTC2G6JQDWPGT2IVEE"
    assert notification.event_timestamp == "2024-04-22T15:45:47.3232158-07:00"
    (resource,) = notification.resources
    assert resource.customer_order_number == "ZENPO"
    assert resource.order_entry_timestamp == ""
    (line,) = resource.lines
    assert (line.line_number, line.line_status) == ("01", "IM::SHIPPED")
    quantities = (
        line.requested_quantity,
        line.shipped_quantity,
        line.backordered_quantity,
    )
    assert quantities == ("3", "2", "1")
    (shipment,) = line.shipments
    assert shipment.carrier_code == "4M"
    assert shipment.packages == (Package("A"), Package("B"))


def test_packages_and_links_that_state_nothing_are_left_out() -> None:
    empty = b'{"shipmentDetails":[{"packageDetails":[{"trackingNumber":""},null]}]}'
    body = b'{"eventId":"A","resource":[{"lines":[%s],"links":[{"topic":"x"}]}]}'

    (resource,) = decode(body % empty).resources

    (line,) = resource.lines
    assert line.shipments == (Shipment(""),)
    assert resource.links == ()


def test_the_order_created_event_on_the_same_topic_is_read() -> None:
    notification = decode(sample("ingram_order_created.json"))

    assert notification.event == "IM::created"
    (resource,) = notification.resources
    assert resource.event_type == "IM::async_order_create"
    assert resource.order_number == "29-02738"
    assert resource.customer_order_number == "TESTCASE41E111"
    (line,) = resource.lines
    assert (line.line_number, line.requested_quantity) == ("008", "1")
    assert line.shipments == (Shipment("", carrier_code="GN", warehouse_id="29"),)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "empty"),
        (b"<html></html>", "markup"),
        (b"[]", "0 events"),
        (b'"x"', "0 events"),
        (b'[{"eventId":"A"},{"eventId":"B"}]', "2 events"),
        (b'{"topic":"resellers/orders"}', "eventId missing"),
        (b'{"eventId":{}}', "eventId missing"),
    ],
)
def test_what_is_not_one_event_is_refused(body: bytes, complaint: str) -> None:
    with pytest.raises(DecodeError) as refused:
        decode(body)

    assert complaint in str(refused.value)


@given(
    spoiled(sample("ingram_example.json"))
    | spoiled(sample("ingram_order_created.json"))
    | st.binary(max_size=50)
)
def test_spoiled_bytes_give_a_notification_or_a_refusal(body: bytes) -> None:
    notification, refusal = reading(decode, body)

    if notification is None:
        assert refusal.startswith("Ingram notification: ")
    else:
        assert notification.event_id
