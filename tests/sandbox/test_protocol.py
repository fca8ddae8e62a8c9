import time

import pytest

from sandbox.faults import Fault
from sandbox.server import Sandbox
from sandbox.settings import SandboxSettings
from tests.sandbox.caller import Caller
from tests.sandbox.raw import converse, request

GET = request("GET", "/nowhere")
LAST = request("GET", "/nowhere", headers={"Connection": "close"})


def test_a_connection_is_kept_alive(sandbox: Sandbox, caller: Caller) -> None:
    caller.send("GET", "/nowhere")
    caller.send("GET", "/nowhere")

    assert sandbox.open_connections == 1
    assert sandbox.journal.count("unknown") == 2


def test_a_connection_closes_when_asked_to(sandbox: Sandbox) -> None:
    seen = converse(sandbox.port, LAST)

    assert "Connection: close" in seen.head
    assert seen.end == "closed"


def test_pipelined_requests_are_answered_in_their_order(sandbox: Sandbox) -> None:
    first = request("GET", "/_sandbox/health")
    sandbox.faults.order("unknown", Fault.delay(0.05))

    seen = converse(sandbox.port, GET + first + LAST)

    assert seen.received.count(b"HTTP/1.1 ") == 3
    assert seen.received.index(b"404 Not Found") < seen.received.index(b"200 OK")
    assert [one.fault for one in sandbox.journal.entries()] == ["delay", ""]


def test_a_request_behind_a_huge_answer_is_answered_too(sandbox: Sandbox) -> None:
    sandbox.faults.order("unknown", Fault.huge_body(20_000_000))

    seen = converse(sandbox.port, GET + LAST)

    assert seen.received.count(b"HTTP/1.1 404 Not Found") == 2
    assert len(seen.received) > 20_000_000


def test_a_request_may_come_byte_by_byte(sandbox: Sandbox) -> None:
    seen = converse(sandbox.port, *(bytes([byte]) for byte in LAST))

    assert seen.head.startswith("HTTP/1.1 404 Not Found")


def test_a_chunked_body_is_read_whole(sandbox: Sandbox) -> None:
    head = (
        b"POST /receivers/acme HTTP/1.1\r\nHost: a\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )

    converse(sandbox.port, head, b"3\r\nabc\r\n", b"2\r\nde\r\n0\r\n\r\n")

    assert [one.body for one in sandbox.deliveries()] == [b"abcde"]


def test_what_is_not_http_is_refused(sandbox: Sandbox) -> None:
    seen = converse(sandbox.port, b"\x16\x03\x01 not http\r\n\r\n")

    assert seen.head.startswith("HTTP/1.1 400 Bad Request")
    assert seen.end == "closed"


def test_an_unknown_path_is_a_404_and_in_the_journal(
    sandbox: Sandbox, caller: Caller
) -> None:
    reply = caller.send("GET", "/nowhere?secret=1")

    (entry,) = sandbox.journal.entries("unknown")
    assert (reply.status, entry.path) == (404, "/nowhere")


def test_a_set_delay_holds_for_every_partner_and_not_for_control() -> None:
    with Sandbox(SandboxSettings(delay=60.0)) as sandbox:
        calls = (request("GET", "/nowhere"), request("GET", "/_sandbox/health"))

        control = converse(sandbox.port, calls[1], enough=15)
        deadline = time.monotonic() + 5
        waiting = Caller(sandbox.port)
        waiting._connection.request("GET", "/nowhere")
        while not sandbox.journal.count("unknown") and time.monotonic() < deadline:
            time.sleep(0.005)
        assert waiting._connection.sock is not None
        waiting._connection.sock.settimeout(0.05)
        with pytest.raises(TimeoutError):
            waiting._connection.getresponse()
        waiting.close()

    assert control.head.startswith("HTTP/1.1 200")


def test_a_stopped_sandbox_closes_connections_and_can_be_read(
    sandbox: Sandbox, caller: Caller
) -> None:
    caller.send("GET", "/nowhere")

    sandbox.stop()

    assert sandbox.journal.count("unknown") == 1
    with pytest.raises(ConnectionError):
        caller.send("GET", "/nowhere")


def test_a_taken_port_is_an_error_at_the_start(sandbox: Sandbox) -> None:
    second = Sandbox()

    with pytest.raises(OSError, match="address already in use"):
        second.start(port=sandbox.port)

    second.stop()
