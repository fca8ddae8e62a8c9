"""The example receiver of the documentation takes what the product sends, once."""

import os
import signal
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import requests

from serializers.signatures.sign import hub_signature, webhook_signature
from tests.partners.example_receiver import SECRET, body, kept, running, served, until
from tests.partners.partners import utc_now
from tests.partners.receivers import Make, endpoint, refusal
from workers.partners.ingram.endpoint import Secret

Worked = list[str]


class Work:
    """What the receiver's owner does: it remembers, waits and fails as ordered."""

    def __init__(self) -> None:
        self.done: Worked = []
        self.may_begin = Event()
        self.fails = 0
        self.may_begin.set()

    def __call__(self, event: Mapping[str, Any]) -> None:
        assert self.may_begin.wait(20)
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the shop is closed")
        self.done.append(event["eventId"])


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox.sqlite3"


@pytest.fixture
def url(work: Work, inbox: Path) -> Iterator[str]:
    with served(inbox, work) as address:
        yield address


def test_a_notification_is_kept_answered_and_worked_on(
    url: str, work: Work, make: Make
) -> None:
    status = make(endpoint(url)).send("acme", "EV1", body("EV1"), 1)

    assert status == 204
    until(lambda: work.done == ["EV1"])


def test_the_same_event_is_worked_on_once_however_often_it_comes(
    url: str, work: Work, make: Make
) -> None:
    client = make(endpoint(url))

    statuses = [client.send("acme", "EV1", body("EV1"), n) for n in range(1, 6)]
    client.send("acme", "EV2", body("EV2"), 1)

    assert statuses == [204] * 5
    until(lambda: "EV2" in work.done)
    assert work.done == ["EV1", "EV2"]


def test_the_answer_does_not_wait_for_the_work(
    url: str, work: Work, make: Make
) -> None:
    work.may_begin.clear()

    status = make(endpoint(url)).send("acme", "EV1", body("EV1"), 1)

    assert (status, work.done) == (204, [])
    work.may_begin.set()
    until(lambda: work.done == ["EV1"])


def test_work_that_fails_is_tried_again_in_its_order(
    url: str, work: Work, make: Make, inbox: Path
) -> None:
    work.fails = 2
    client = make(endpoint(url))

    for event_id in ("EV1", "EV2", "EV3"):
        client.send("acme", event_id, body(event_id), 1)

    until(lambda: kept(inbox) == [("EV1", 1), ("EV2", 1), ("EV3", 1)])
    assert work.done == ["EV1", "EV2", "EV3"]


def test_what_another_secret_signed_is_refused_and_not_kept(
    url: str, make: Make, inbox: Path
) -> None:
    refused = refusal(make(endpoint(url, "another")))

    assert refused.code == "http_401"
    assert kept(inbox) == []


def test_during_a_rotation_the_second_signature_is_enough(
    url: str, make: Make, inbox: Path
) -> None:
    client = make(endpoint(url, Secret("new-secret"), Secret(SECRET)))

    assert client.send("acme", "EV1", body("EV1"), 1) == 204
    assert kept(inbox)[0][0] == "EV1"


@pytest.mark.parametrize("minutes", [-6, 6])
def test_what_was_signed_too_long_ago_or_ahead_is_refused(
    url: str, make: Make, minutes: int
) -> None:
    client = make(endpoint(url), clock=lambda: utc_now() + timedelta(minutes=minutes))

    assert refusal(client).code == "http_401"


def test_a_test_event_is_answered_and_not_kept(
    url: str, make: Make, inbox: Path
) -> None:
    reply, _ = make(endpoint(url)).test("acme", "TEST1", body("TEST1"))

    assert reply.status == 204
    assert kept(inbox) == []


def test_a_body_under_another_events_headers_is_refused(url: str, make: Make) -> None:
    client = make(endpoint(url))

    with pytest.raises(Exception, match="400"):
        client.send("acme", "EV2", body("EV1"), 1)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-length": "9" * 5_000}, 411),
        ({"content-length": "-1"}, 411),
        ({"content-length": "1000001"}, 413),
        ({"content-length": "0"}, 401),
        ({"content-length": "0", "webhook-timestamp": "9" * 5_000}, 401),
        ({"content-length": "0", "webhook-signature": "é"}, 401),
    ],
)
def test_whatever_headers_anybody_sends_are_answered(
    url: str, headers: dict[str, str], status: int
) -> None:
    request = requests.Request("POST", url).prepare()
    request.headers.update(headers)

    with requests.Session() as session:
        answer = session.send(request, timeout=20)

    assert answer.status_code == status


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"null",
        b"[]",
        b'"eventId"',
        b"{}",
        b'{"eventId":null}',
        b'{"eventId":1}',
        b'{"eventId":["EV1"]}',
        b'{"eventId":"\\ud800"}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_a_body_without_an_id_is_answered_and_not_kept(
    work: Work, inbox: Path, sent: bytes
) -> None:
    now = int(utc_now().timestamp())
    signed = {
        "x-hub-signature": hub_signature(SECRET, "EV1"),
        "webhook-id": "",
        "webhook-timestamp": str(now),
        "webhook-signature": webhook_signature([SECRET], "", now, sent),
    }

    statuses = []
    for relayed in (False, True):
        with served(inbox, work, relayed=relayed) as url, requests.Session() as session:
            answer = session.post(url, sent, headers=signed, timeout=20)
            statuses.append(answer.status_code)

    assert statuses == [400, 401]
    assert kept(inbox) == []


def test_an_inbox_that_fails_for_a_while_stops_nothing_for_good(
    url: str,
    work: Work,
    make: Make,
    inbox: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = make(endpoint(url))

    with closing(sqlite3.connect(inbox)) as database:
        database.execute("ALTER TABLE event RENAME TO away")
        until(lambda: "the work stands still" in caplog.text)
        refused = refusal(client)
        database.execute("ALTER TABLE away RENAME TO event")

    assert refused.code == "http_503"
    assert client.send("acme", "EV1", body("EV1"), 2) == 204
    until(lambda: work.done == ["EV1"])


def test_through_the_relay_ingrams_signature_alone_is_looked_for(
    work: Work, inbox: Path
) -> None:
    right = {"x-hub-signature": hub_signature(SECRET, "EV1")}
    wrong = {"x-hub-signature": hub_signature("another", "EV1")}

    with served(inbox, work, relayed=True) as url, requests.Session() as session:
        statuses = [
            session.post(url, body("EV1"), headers=given, timeout=20).status_code
            for given in (right, wrong, {})
        ]
        until(lambda: work.done == ["EV1"])

    assert statuses == [204, 401, 401]


def test_a_killed_receiver_still_knows_what_it_has(
    make: Make, inbox: Path, tmp_path: Path
) -> None:
    secrets = tmp_path / "secrets"
    secrets.write_text(f"old-secret\n{SECRET}\n")

    with running(inbox, secrets) as (process, url):
        make(endpoint(url)).send("acme", "EV1", body("EV1"), 1)
        os.kill(process.pid, signal.SIGKILL)
    with running(inbox, secrets) as (_, url):
        make(endpoint(url)).send("acme", "EV1", body("EV1"), 2)
        make(endpoint(url)).send("acme", "EV2", body("EV2"), 1)
        until(lambda: kept(inbox) == [("EV1", 1), ("EV2", 1)])
