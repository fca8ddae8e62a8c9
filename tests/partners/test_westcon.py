"""Westcon's order status: questions, answers, and the token that goes with them."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
import redis as redis_library

from sandbox.http.fault import Fault
from sandbox.server import Sandbox
from tasks.outcomes.errors import NotYet, PartnerError, PermanentError, Unavailable
from tests.http.raw_server import SECONDS, Act, RawServer, always
from tests.partners.partners import answer, westcon, westcon_tokens
from workers.http.client import HttpClient
from workers.partners.oauth.token_source import TokenSource
from workers.partners.westcon.client import WestconClient


@pytest.fixture
def tokens(
    sandbox: Sandbox, http: HttpClient, redis: "redis_library.Redis"
) -> TokenSource:
    return westcon_tokens(sandbox, http, redis)


@pytest.fixture
def client(sandbox: Sandbox, http: HttpClient, tokens: TokenSource) -> WestconClient:
    return westcon(f"{sandbox.url}/westcon", http, tokens)


def refusal(client: WestconClient) -> PartnerError:
    with pytest.raises(PartnerError) as caught:
        client.order_status("W", ("6000001",))
    return caught.value


def test_the_lines_of_all_orders_come_back(
    sandbox: Sandbox, client: WestconClient
) -> None:
    sandbox.orders.final("6000001", n_lines=2)
    sandbox.orders.final("6000002")

    lines = client.order_status("W", ("6000001", "6000002", "6000003"))

    assert [(line.order_number, line.status) for line in lines] == [
        ("6000001", "INV"),
        ("6000001", "INV"),
        ("6000002", "INV"),
        ("6000003", "NAO"),
    ]


def test_an_order_is_found_by_the_customers_number(
    sandbox: Sandbox, client: WestconClient
) -> None:
    sandbox.orders.final("6000001", customer_order="PO-7")

    (line,) = client.order_status("C", ("PO-7",))

    assert (line.order_number, line.customer_order_number) == ("6000001", "PO-7")


def test_the_request_is_what_the_portal_states(
    serve: Callable[[Act], RawServer], http: HttpClient, tokens: TokenSource
) -> None:
    server = serve(always(answer(200, b'{"MT_OrderStatus_Response":[]}')))
    client = westcon(server.url("") + "/gateway", http, tokens, subscription_key="sub")

    lines = client.order_status("W", ("6000001",))

    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert lines == ()
    assert head.startswith(b"POST /gateway/Orders/orderStatus HTTP/1.1\r\n")
    assert b"\r\nOcp-Apim-Subscription-Key: sub\r\n" in head
    assert f"\r\nAuthorization: Bearer {tokens.token()}\r\n".encode() in head
    assert json.loads(body) == {
        "mT_OrderStatus_API_REQ": {
            "partnerKey": "SANDBOXPARTNERKEY000000000000001",
            "orderType": "W",
            "language": "EN",
            "order": ["6000001"],
        }
    }


def test_a_token_that_ended_under_way_is_replaced_within_the_same_attempt(
    sandbox: Sandbox, client: WestconClient
) -> None:
    sandbox.orders.final("6000001")
    client.order_status("W", ("6000001",))
    sandbox.revoke_tokens()

    lines = client.order_status("W", ("6000001",))

    assert lines[0].status == "INV"
    assert sandbox.journal.count("token.microsoft") == 2


def test_fifty_polls_whose_token_ends_under_them_ask_for_one_new_token(
    sandbox: Sandbox, client: WestconClient
) -> None:
    sandbox.orders.final("6000001")
    client.order_status("W", ("6000001",))
    sandbox.revoke_tokens()
    results: list[Any] = []

    def poll() -> None:
        try:
            results.append(client.order_status("W", ("6000001",))[0].status)
        except PartnerError as error:
            results.append(error)

    threads = [threading.Thread(target=poll) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)

    assert results == ["INV"] * 50
    assert sandbox.journal.count("token.microsoft") == 2


def test_a_second_refusal_of_the_token_waits_for_a_person(
    sandbox: Sandbox, client: WestconClient
) -> None:
    sandbox.faults.order(
        "westcon.order_status", Fault.status(401, '{"message":"no"}'), times=None
    )

    error = refusal(client)

    assert isinstance(error, NotYet)
    assert (error.code, error.after, error.shared) == ("token_refused", 300, True)
    assert sandbox.journal.count("westcon.order_status") == 2
    assert sandbox.journal.count("token.microsoft") == 2


def test_a_refused_subscription_key_is_shown_to_the_operator_and_costs_no_token(
    sandbox: Sandbox, http: HttpClient, tokens: TokenSource
) -> None:
    client = westcon(
        f"{sandbox.url}/westcon", http, tokens, subscription_key="canary-key"
    )

    error = refusal(client)

    assert isinstance(error, NotYet)
    assert (error.code, error.after, error.shared) == ("subscription_key", 900, True)
    assert "WAYBILL_WESTCON__SUBSCRIPTION_KEY" in str(error)
    assert "canary" not in str(error)
    assert sandbox.journal.count("token.microsoft") == 1
    assert sandbox.journal.count("westcon.order_status") == 1


@pytest.mark.parametrize(
    "fault",
    [Fault.html_200(), Fault.empty_200(), Fault.invalid_json(), Fault.status(204)],
)
def test_a_success_that_cannot_be_read_comes_again(
    sandbox: Sandbox, client: WestconClient, fault: Fault
) -> None:
    sandbox.orders.final("6000001")
    sandbox.faults.order("westcon.order_status", fault)

    error = refusal(client)

    assert isinstance(error, Unavailable)
    assert error.code == "decode"


@pytest.mark.parametrize(
    "fault",
    [
        Fault.single_object(),
        Fault.no_envelope(),
        Fault.pascal_keys(),
        Fault.json_in_json(),
        Fault.wrong_content_type("text/plain"),
    ],
)
def test_any_shape_that_holds_the_lines_is_read(
    sandbox: Sandbox, client: WestconClient, fault: Fault
) -> None:
    sandbox.orders.final("6000001")
    sandbox.faults.order("westcon.order_status", fault)

    assert client.order_status("W", ("6000001",))[0].status == "INV"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.drop(), "reset"),
        (Fault.truncate(), "truncated"),
        (Fault.truncate(framing="chunked"), "truncated"),
        (Fault.truncate(framing="close"), "decode"),
        (Fault.gzipped(), "encoding"),
        (Fault.gzipped(after=20), "encoding"),
        (Fault.huge_body(), "size"),
        (Fault.huge_headers(), "protocol"),
        (Fault.slow_body(20), "timeout"),
        (Fault.slow_headers(20), "timeout"),
    ],
)
def test_a_broken_answer_is_unavailable(
    sandbox: Sandbox, http: HttpClient, tokens: TokenSource, fault: Fault, code: str
) -> None:
    client = westcon(f"{sandbox.url}/westcon", http, tokens, deadline=0.5)
    sandbox.orders.final("6000001")
    sandbox.faults.order("westcon.order_status", fault)

    error = refusal(client)

    assert isinstance(error, Unavailable)
    assert error.code == code


def test_without_a_token_westcon_is_not_asked(
    sandbox: Sandbox, client: WestconClient
) -> None:
    sandbox.faults.order("token.microsoft", Fault.status(503), times=None)

    error = refusal(client)

    assert isinstance(error, NotYet)
    assert error.code == "token_unavailable"
    assert sandbox.journal.count("westcon.order_status") == 0


def test_a_token_that_comes_after_the_deadline_is_not_used(
    sandbox: Sandbox, http: HttpClient, tokens: TokenSource
) -> None:
    client = westcon(f"{sandbox.url}/westcon", http, tokens, deadline=0.0)

    error = refusal(client)

    assert isinstance(error, NotYet)
    assert sandbox.journal.count("westcon.order_status") == 0


def test_the_access_does_not_show_its_keys(client: WestconClient) -> None:
    shown = repr(client._gateway.access)

    assert "SANDBOXPARTNERKEY" not in shown
    assert "subscription-key" not in shown


def test_a_number_that_no_text_can_carry_is_a_permanent_error(
    client: WestconClient,
) -> None:
    with pytest.raises(PermanentError) as caught:
        client.order_status("W", ("\ud800",))

    assert caught.value.code == "encode"
