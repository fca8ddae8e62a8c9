"""Checks of whether the partners are reachable with these settings."""

import json

import redis

from sandbox.http.fault import Fault
from sandbox.server import Sandbox
from tests.waybill.doctor.findings import found
from tests.waybill.terminal import Terminal


def test_a_wrong_client_secret_is_wrong_and_not_shown(waybill: Terminal) -> None:
    result = waybill("doctor", WAYBILL_WESTCON__CLIENT_SECRET="hunter2")

    assert result.exit_code == 1
    assert "wrong    westcon.token         Westcon's token endpoint refused" in (
        result.stdout
    )
    assert "hunter2" not in result.output


def test_a_wrong_subscription_key_is_wrong_and_not_shown(
    partners: Sandbox, waybill: Terminal
) -> None:
    before = partners.journal.count("westcon.order_status")

    result = waybill("doctor", WAYBILL_WESTCON__SUBSCRIPTION_KEY="hunter2")

    assert result.exit_code == 1
    output = " ".join(result.stdout.split())
    assert "wrong westcon.access Westcon refuses the subscription key" in output
    assert "WAYBILL_WESTCON__SUBSCRIPTION_KEY" in output
    assert "hunter2" not in result.output
    assert partners.journal.count("westcon.order_status") == before + 1


def test_a_shipment_detail_that_the_product_does_not_include_is_wrong(
    partners: Sandbox, waybill: Terminal
) -> None:
    partners.faults.order("westcon.shipment_detail", Fault.status(404))

    shown = found(waybill)

    assert shown["westcon.shipments"]["verdict"] == "wrong"
    assert "WAYBILL_WESTCON__SHIPMENT_DETAIL" in str(shown["westcon.shipments"])
    assert "westcon.access" not in shown


def test_without_shipment_detail_nothing_is_asked_of_it(
    partners: Sandbox, waybill: Terminal
) -> None:
    before = partners.journal.count("westcon.shipment_detail")

    waybill("doctor", WAYBILL_WESTCON__SHIPMENT_DETAIL="false")

    assert partners.journal.count("westcon.shipment_detail") == before


def test_without_a_token_westcon_is_not_asked(
    partners: Sandbox, waybill: Terminal
) -> None:
    before = partners.journal.count("westcon.order_status")

    shown = found(waybill, WAYBILL_WESTCON__CLIENT_SECRET="hunter2")

    assert "westcon.token" in shown
    assert "westcon.access" not in shown
    assert partners.journal.count("westcon.order_status") == before


def test_the_doctors_refusal_does_not_become_the_workers(
    redis: redis.Redis, waybill: Terminal
) -> None:
    waybill("doctor", WAYBILL_WESTCON__CLIENT_SECRET="hunter2")

    assert not [key for key in redis.keys("*") if b"token" in key]


def test_a_partner_that_is_not_there_is_wrong(waybill: Terminal) -> None:
    shown = found(waybill, WAYBILL_DECK__BASE_URL="http://127.0.0.1:1/deck")

    assert shown["deck.reached"]["verdict"] == "wrong"
    assert "WAYBILL_DECK__BASE_URL" in shown["deck.reached"]["advice"]


def test_a_token_endpoint_that_is_down_is_wrong(
    partners: Sandbox, waybill: Terminal
) -> None:
    partners.faults.order("token.ingram", Fault.status(503))

    shown = found(waybill)

    assert shown["ingram.token"]["verdict"] == "wrong"


def test_an_endpoint_that_the_guard_refuses_is_wrong(waybill: Terminal) -> None:
    shown = found(waybill, "--offline", WAYBILL_INGRAM__ALLOWED_NETWORKS="[]")

    assert shown["ingram/acme"]["verdict"] == "wrong"
    assert "WAYBILL_INGRAM__ALLOWED_NETWORKS" in shown["ingram/acme"]["advice"]
    assert "ingram/globex" not in shown


def test_an_endpoint_whose_name_stands_for_a_private_address_is_wrong(
    waybill: Terminal,
) -> None:
    endpoint = {
        "mode": "direct",
        "target_url": "http://localhost:9/x",
        "secrets": ["s"],
    }
    settings = {
        "WAYBILL_INGRAM__ENDPOINTS": json.dumps({"acme": endpoint}),
        "WAYBILL_INGRAM__ALLOWED_NETWORKS": '["10.0.0.0/8"]',
    }

    shown = found(waybill, **settings)

    assert "address that may not be called" in shown["ingram/acme"]["says"]
