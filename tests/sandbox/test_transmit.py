import gzip
import zlib
from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected

import pytest

from sandbox.faults import Fault
from sandbox.server import Sandbox
from tests.sandbox.caller import ACME, Caller, hub_signature, notification
from tests.sandbox.raw import Conversation, converse, request

ROUTE = "receiver.acme"
GET = request("GET", "/nowhere")


def notify(sandbox: Sandbox, enough: int | None = None) -> Conversation:
    headers = {"x-hub-signature": hub_signature(ACME, "E1")}
    raw = request("POST", "/receivers/acme", notification("E1"), headers)
    return converse(sandbox.port, raw, enough=enough)


def test_a_status_comes_with_body_and_headers_and_without_effect(
    sandbox: Sandbox, caller: Caller
) -> None:
    fault = Fault.status(503, '{"a":1}', {"X-Why": "tired"}, retry_after=7)
    sandbox.faults.order(ROUTE, fault)

    reply = caller.notify()

    assert (reply.status, reply.body) == (503, b'{"a":1}')
    assert (reply.headers["x-why"], reply.headers["retry-after"]) == ("tired", "7")
    assert sandbox.applied("acme") == ()


@pytest.mark.parametrize("code", [200, 202, 204])
def test_a_2xx_status_has_its_effect(
    sandbox: Sandbox, caller: Caller, code: int
) -> None:
    sandbox.faults.order(ROUTE, Fault.status(code))

    reply = caller.notify()

    assert (reply.status, reply.body) == (code, b"")
    assert sandbox.applied("acme") == ("E1",)


def test_a_delayed_partner_acts_at_once_and_answers_later(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.faults.order(ROUTE, Fault.delay(60))
    sandbox.faults.order(ROUTE, Fault.delay(0.01))
    impatient = HTTPConnection("127.0.0.1", sandbox.port, timeout=0.1)
    headers = {"x-hub-signature": hub_signature(ACME, "E1")}
    impatient.request("POST", "/receivers/acme", notification("E1"), headers)

    with pytest.raises(TimeoutError):
        impatient.getresponse()
    impatient.close()

    assert sandbox.applied("acme") == ("E1",)
    assert caller.notify(event_id="E2").status == 200


def test_a_dropped_request_gets_no_byte_and_no_effect(sandbox: Sandbox) -> None:
    sandbox.faults.order(ROUTE, Fault.drop())

    seen = notify(sandbox)

    assert seen == Conversation(b"", "closed")
    assert sandbox.applied("acme") == ()
    assert sandbox.journal.entries(ROUTE)[0].status == 0


def test_apply_then_drop_has_its_effect_and_no_answer(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.faults.order(ROUTE, Fault.apply_then_drop())

    with pytest.raises(RemoteDisconnected):
        caller.notify()

    assert sandbox.applied("acme") == ("E1",)
    assert sandbox.deliveries()[0].status == 0


def test_a_reset_is_a_reset(sandbox: Sandbox) -> None:
    sandbox.faults.order(ROUTE, Fault.reset())

    assert notify(sandbox) == Conversation(b"", "reset")
    assert sandbox.applied("acme") == ()


def test_a_reset_in_the_body_comes_after_so_many_bytes(
    sandbox: Sandbox, caller: Caller
) -> None:
    headers = caller.westcon_headers()
    sandbox.faults.order("westcon.order_status", Fault.reset(after=12))

    with pytest.raises(ConnectionResetError):
        caller.status(["1"], headers=headers)


def test_a_hung_up_connection_was_to_be_kept_alive(sandbox: Sandbox) -> None:
    sandbox.faults.order(ROUTE, Fault.hang_up())

    seen = notify(sandbox)

    assert seen.head.startswith("HTTP/1.1 200 OK")
    assert "Connection: close" not in seen.head
    assert seen.end == "closed"


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_truncated_body_is_shorter_than_it_stated(
    sandbox: Sandbox, caller: Caller, framing: str
) -> None:
    headers = caller.westcon_headers()
    sandbox.faults.order("westcon.order_status", Fault.truncate(12, framing))

    with pytest.raises(IncompleteRead):
        caller.status(["1"], headers=headers)


def test_a_body_that_ends_with_the_connection_may_be_cut_unnoticed(
    sandbox: Sandbox, caller: Caller
) -> None:
    headers = caller.westcon_headers()
    sandbox.faults.order("westcon.order_status", Fault.truncate(12, "close"))

    reply = caller.status(["1"], headers=headers)

    assert (reply.status, reply.body) == (200, b'{"MT_OrderSt')
    assert "content-length" not in reply.headers


def test_a_slow_body_comes_after_its_headers_in_drops(sandbox: Sandbox) -> None:
    whole = converse(sandbox.port, GET, enough=100)
    sandbox.faults.order("unknown", Fault.slow_body(20))

    seen = converse(sandbox.port, GET, enough=len(whole.head) + 6)

    assert seen.head == whole.head
    assert 2 <= len(seen.body) < len(whole.body)
    assert whole.body.startswith(seen.body)


def test_slow_headers_come_in_drops(sandbox: Sandbox) -> None:
    sandbox.faults.order("unknown", Fault.slow_headers(20))

    seen = converse(sandbox.port, GET, enough=3)

    assert len(seen.received) < len(b"HTTP/1.1 404")
    assert b"HTTP/1.1 404".startswith(seen.received)


def test_a_slow_answer_is_whole_in_the_end(sandbox: Sandbox, caller: Caller) -> None:
    for fault in (Fault.slow_body(5_000), Fault.slow_headers(5_000)):
        sandbox.faults.order("token.microsoft", fault)

    replies = [caller.microsoft(), caller.microsoft()]

    assert [reply.json()["token_type"] for reply in replies] == ["Bearer", "Bearer"]


def test_a_web_page_comes_with_200(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.order(ROUTE, Fault.html_200())

    reply = caller.notify()

    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/html")
    assert b"<html>" in reply.body


def test_nothing_comes_with_200(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.order("token.microsoft", Fault.empty_200())

    reply = caller.microsoft()

    assert (reply.status, reply.body) == (200, b"")


def test_invalid_json_comes_with_200(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.order("token.microsoft", Fault.invalid_json())

    reply = caller.microsoft()

    assert reply.status == 200
    assert reply.headers["content-type"].startswith("application/json")
    with pytest.raises(ValueError, match="Expecting value"):
        reply.json()


def test_a_wrong_content_type_changes_nothing_else(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.faults.order("token.microsoft", Fault.wrong_content_type("text/plain"))

    reply = caller.microsoft()

    assert reply.headers["content-type"] == "text/plain"
    assert reply.json()["token_type"] == "Bearer"


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_a_redirect_points_elsewhere_without_effect(
    sandbox: Sandbox, caller: Caller, code: int
) -> None:
    sandbox.faults.order(ROUTE, Fault.redirect("http://169.254.169.254/", code))

    reply = caller.notify()

    assert (reply.status, reply.headers["location"]) == (
        code,
        "http://169.254.169.254/",
    )
    assert sandbox.applied("acme") == ()


def test_a_huge_body_is_as_huge_as_it_states(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.order(ROUTE, Fault.huge_body(3_000_001))

    reply = caller.notify()

    assert reply.headers["content-length"] == "3000001"
    assert len(reply.body) == 3_000_001


def test_an_endless_body_goes_on_for_as_long_as_it_is_read(sandbox: Sandbox) -> None:
    sandbox.faults.order(ROUTE, Fault.huge_body(0))

    seen = notify(sandbox, enough=4_000_000)

    assert "Transfer-Encoding: chunked" in seen.head
    assert len(seen.received) >= 4_000_000
    assert seen.end == "open"


def test_huge_headers_are_many(sandbox: Sandbox) -> None:
    sandbox.faults.order(ROUTE, Fault.huge_headers(300))

    seen = notify(sandbox, enough=300 * 1_024)

    assert seen.head.count("X-Extra-") == 300


def test_a_compressed_body_reports_it(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.order("token.microsoft", Fault.gzipped())
    sandbox.faults.order("token.microsoft", Fault.gzipped(size=1_000_000))
    sandbox.faults.order("token.microsoft", Fault.gzipped(after=20))

    plain, bomb, cut = (caller.microsoft() for _ in range(3))

    assert plain.headers["content-encoding"] == "gzip"
    assert b"access_token" in gzip.decompress(plain.body)
    assert len(bomb.body) < 2_000
    assert gzip.decompress(bomb.body) == bytes(1_000_000)
    with pytest.raises((EOFError, zlib.error)):
        gzip.decompress(cut.body)
