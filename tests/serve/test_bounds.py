"""Bounds of the door: bytes, events, time, rate, and a stream that is full."""

import json
import socket
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

import pytest
import redis
import requests
from hypothesis import given
from hypothesis import strategies as st

from tests.serve.conftest import BATCH, STRUCTURED, Caller, Opener, bearer
from tests.serve.test_events import entries, event
from waybill.serve.bounds import Rates


def test_a_body_that_is_too_large_is_not_read(door_of: Opener) -> None:
    with door_of(WAYBILL_HTTP__MOST_BYTES="1000") as door:
        announced = door.post(b" " * 1001)
        chunks = door.session.post(
            f"{door.url}/v1/events",
            data=iter([b" " * 600] * 2),
            headers={"Content-Type": STRUCTURED, "Authorization": bearer("erp")},
            timeout=30,
        )

    assert (announced.status_code, chunks.status_code) == (413, 413)
    assert "at most 1000 bytes" in announced.json()["detail"]


def test_a_batch_of_too_many_events_is_refused_whole(
    redis: redis.Redis, door_of: Opener
) -> None:
    body = b"[" + b",".join(event(f"SO-{n}") for n in range(3)) + b"]"
    with door_of(WAYBILL_HTTP__MOST_EVENTS="2") as door:
        answer = door.post(body, BATCH)

    assert answer.status_code == 413
    assert "3 events, at most 2" in answer.json()["detail"]
    assert not entries(redis)


def test_a_body_that_does_not_arrive_is_not_waited_for(door_of: Opener) -> None:
    with door_of(WAYBILL_HTTP__SECONDS="0.2") as door, raw(door) as slow:
        slow.sendall(POST + b"{")
        answer = slow.recv(4096)

    assert answer.startswith(b"HTTP/1.1 408 ")


def raw(door: Caller) -> socket.socket:
    place = urlsplit(door.url)
    there = socket.create_connection((place.hostname or "", place.port or 0))
    there.settimeout(30)
    return there


POST = (
    "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n"
    f"Content-Type: {STRUCTURED}\r\nAuthorization: {bearer('erp')}\r\n\r\n"
).encode()

#: What a client has sent before it sends a byte now and then.
BEGUN = {
    "nothing": b"",
    "a head": b"GET /live HTTP/1.1\r\n",
    "a second head": b"GET /live HTTP/1.1\r\nHost: x\r\n\r\nGET /l",
    "a body": POST,
    "a body without a right": POST.replace(b"wbt_posts", b"wbt_wrong"),
    "a body that nobody reads": POST.replace(b"POST /v1/events", b"GET /live"),
}


@pytest.mark.parametrize("begun", BEGUN)
def test_a_client_that_sends_a_byte_now_and_then_does_not_hold_the_door(
    door_of: Opener, begun: str
) -> None:
    with door_of(WAYBILL_HTTP__SECONDS="0.4") as door, raw(door) as slow:
        slow.sendall(BEGUN[begun])
        slow.settimeout(0.05)
        for _ in range(400):
            try:
                if slow.recv(4096) == b"":
                    break
                # It has been answered; what comes next holds nothing either.
            except TimeoutError:
                pass
            except ConnectionError:
                break
            with suppress(ConnectionError):
                slow.sendall(b"x")
        else:
            pytest.fail("it is open after 20 s")
        assert door.session.get(f"{door.url}/live", timeout=30).status_code == 200


def test_more_connections_than_there_may_be_are_turned_away(door_of: Opener) -> None:
    with door_of(WAYBILL_HTTP__MOST_CONNECTIONS="3") as door, ExitStack() as held:
        for _ in range(3):
            held.enter_context(raw(door)).sendall(b"GET /live")

        full = requests.get(f"{door.url}/live", timeout=30)

    assert full.status_code == 503


def test_a_full_stream_takes_no_more_and_tells_when_to_come_again(
    redis: redis.Redis, door_of: Opener
) -> None:
    with door_of(WAYBILL_HTTP__MOST_WAITING="2") as door:
        taken = [door.post(event(f"SO-{n}")).status_code for n in range(3)]
        again = door.post(event("SO-1"))
        full = door.post(event("SO-9"))

    assert taken == [202, 202, 429]
    assert again.status_code == 202
    assert (full.status_code, full.headers["retry-after"]) == (429, "30")
    assert len(entries(redis)) == 2


def test_a_token_makes_no_more_requests_than_its_rate(door_of: Opener) -> None:
    with door_of(WAYBILL_HTTP__PER_MINUTE="2") as door:
        answers = [door.post(event(f"SO-{n}")) for n in range(3)]
        other = door.get("/v1/orders/SO-1")

    assert [one.status_code for one in answers] == [202, 202, 429]
    assert int(answers[2].headers["retry-after"]) > 0
    assert other.status_code == 404


@given(
    st.floats(0.5, 600),
    st.lists(st.floats(0, 30), min_size=1, max_size=60),
)
def test_a_bucket_never_gives_more_than_it_held_and_what_came_since(
    per_minute: float, pauses: list[float]
) -> None:
    now = 0.0
    rates = Rates(per_minute, lambda: now)
    taken = 0
    for pause in pauses:
        now += pause
        wait = rates.wait("erp")
        taken += wait == 0
        assert taken <= max(1.0, per_minute) + now * per_minute / 60 + 1e-6
        if wait:
            now += wait * 1.000001
            assert rates.wait("erp") == 0
            taken += 1


def test_without_a_rate_nobody_waits() -> None:
    rates = Rates(0, lambda: 0.0)

    assert {rates.wait("erp") for _ in range(1000)} == {0.0}


@pytest.mark.parametrize("body", [json.dumps({"a": "x" * 300_000}).encode()])
def test_one_event_that_is_too_large_is_named_as_everywhere(
    door: Caller, body: bytes
) -> None:
    answer = door.post(body)

    assert answer.status_code == 400
    assert "at most 262144 allowed" in answer.json()["detail"]
