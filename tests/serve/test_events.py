"""Events that are posted: in the stream when they are answered, each id once."""

import json
from dataclasses import replace
from typing import Any

import pytest
import redis

from serializers.events.entry import read
from tests.serializers.events.event_samples import wire
from tests.serve.conftest import BATCH, Caller, Opener
from tests.waybill.terminal import ABLE
from workers.ledger.identity.heartbeats import Heartbeats


def event(number: str, **changes: object) -> bytes:
    return json.dumps(
        wire(id=f"e-{number}", data__order_number=number, **changes)
    ).encode()


def entries(client: redis.Redis) -> dict[str, dict[bytes, bytes]]:
    found: Any = client.xrange("orders:events")
    return {id_.decode(): fields for id_, fields in found}


def test_an_event_is_in_the_stream_by_its_own_bytes_when_it_is_answered(
    redis: redis.Redis, door: Caller
) -> None:
    body = event("SO-1")

    answer = door.post(body)

    assert answer.status_code == 202, answer.text
    ((entry, fields),) = entries(redis).items()
    assert fields == {b"event": body}
    known = json.loads(body)
    assert answer.json() == {
        "events": [
            {
                "id": known["id"],
                "source": known["source"],
                "order": "SO-1",
                "entry": entry,
                "again": False,
            }
        ]
    }


def test_an_account_that_no_living_worker_has_is_refused(
    redis: redis.Redis, door: Caller
) -> None:
    names = {"account": ["dach", "default"]}
    Heartbeats(redis).beat("one", replace(ABLE, names=names))

    answer = door.post(event("SO-1", data__westcon={"account": "dahc"}))

    assert answer.status_code == 400
    assert "no account is called dahc, did you mean dach?" in answer.text
    good = door.post(event("SO-1", data__westcon={"account": "dach"}))
    assert good.status_code == 202


def test_the_same_event_again_is_answered_with_its_first_entry(
    redis: redis.Redis, door: Caller
) -> None:
    first = door.post(event("SO-1")).json()["events"][0]

    again = door.post(json.dumps(json.loads(event("SO-1")), indent=2).encode())

    assert again.status_code == 202
    assert again.json()["events"] == [first | {"again": True}]
    assert list(entries(redis)) == [first["entry"]]


def test_the_same_id_with_other_content_is_refused_at_once_and_named(
    redis: redis.Redis, door: Caller
) -> None:
    door.post(event("SO-1"))

    other = door.post(event("SO-1", data__customer_id="another"))

    assert other.status_code == 409
    assert "with other content in data.customer_id" in other.json()["detail"]
    assert len(entries(redis)) == 1


def test_a_batch_goes_in_whole_in_its_order(redis: redis.Redis, door: Caller) -> None:
    bodies = [event(f"SO-{n}") for n in range(100)]

    answer = door.post(b"[" + b",\n".join(bodies) + b"]", BATCH)

    assert answer.status_code == 202, answer.text
    found = entries(redis)
    assert [fields[b"event"] for fields in found.values()] == bodies
    assert [one["entry"] for one in answer.json()["events"]] == list(found)


def test_of_a_batch_with_one_bad_event_nothing_goes_in_and_each_problem_is_named(
    redis: redis.Redis, door: Caller
) -> None:
    bad = event("SO-2").replace(b'"order_number"', b'"order_numbr"')
    slip = event("SO-3", data__custommer_id="C-1")

    answer = door.post(b"[" + b",".join((event("SO-1"), bad, slip)) + b"]", BATCH)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problems = {one["event"]: one["problems"] for one in answer.json()["events"]}
    assert problems[1] == ["data.order_number: missing (is order_numbr meant?)"]
    assert problems[2] == ["data.custommer_id: did you mean customer_id?"]
    assert not entries(redis)


def test_of_a_batch_with_one_conflict_nothing_goes_in(
    redis: redis.Redis, door: Caller
) -> None:
    door.post(event("SO-2"))
    other = event("SO-2", data__customer_id="another")

    answer = door.post(b"[" + event("SO-1") + b"," + other + b"]", BATCH)

    assert (answer.status_code, answer.json()["events"][0]["event"]) == (409, 1)
    assert len(entries(redis)) == 1


def test_an_event_in_binary_mode_is_the_same_event(
    redis: redis.Redis, door: Caller
) -> None:
    whole = wire(id="e-1", source="/erp/münchen 1", data__order_number="SO-1")
    attributes = {
        f"ce_{name}": value.replace(" ", "%20").replace("ü", "%C3%BC")
        for name, value in whole.items()
        if isinstance(value, str) and name != "datacontenttype"
    }
    data = json.dumps(whole["data"]).encode()

    answer = door.post(data, "application/json", **attributes)

    assert answer.status_code == 202, answer.text
    ((_, fields),) = entries(redis).items()
    written = read(tuple(fields.items()))
    meant = read(((b"event", json.dumps(whole).encode()),))
    assert (written.event, written.mark) == (meant.event, meant.mark)
    again = door.post(json.dumps(whole).encode())
    assert again.json()["events"][0]["again"]


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("", b"{}", 415),
        ("application/json", event("SO-1"), 415),
        ("application/x-www-form-urlencoded", event("SO-1"), 415),
        ("application/cloudevents+xml", event("SO-1"), 415),
        ("application/cloudevents+json; charset=utf-16", event("SO-1"), 415),
        ("application/cloudevents+json; charset=UTF-8", event("SO-1"), 202),
        (BATCH, event("SO-1"), 400),
        (BATCH, b"[]", 400),
        (BATCH, b"[{}, ", 400),
        ("application/cloudevents+json", b"", 400),
        ("application/cloudevents+json", b"\xff\xfe", 400),
    ],
)
def test_what_is_no_event_is_refused_by_its_kind(
    redis: redis.Redis, door: Caller, kind: str, body: bytes, status: int
) -> None:
    answer = door.post(body, kind)

    assert answer.status_code == status, answer.text
    assert len(entries(redis)) == (status == 202)


def test_strict_events_are_held_at_the_door_too(door_of: Opener) -> None:
    body = event("SO-1").replace(b'"data": {', b'"data": {"colour": "red", ')
    with door_of() as door:
        assert door.post(body).status_code == 202
    with door_of(WAYBILL_STRICT_EVENTS="true") as door:
        answer = door.post(body)

    assert answer.status_code == 400
    assert "data.colour" in answer.json()["detail"]
