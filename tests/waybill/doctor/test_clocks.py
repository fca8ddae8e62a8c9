"""Checks of the clocks: Redis', the partners' and ours."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.http.raw_server import Act, RawServer, always
from tests.partners.conftest import serve
from waybill.doctor import redis
from workers.http.client import HttpClient, Reply
from workers.partners import reachability
from workers.partners.check import Check

__all__ = ["serve"]


def found(server: RawServer) -> dict[str, Check]:
    client = HttpClient(user_agent="Waybill/test")
    checks = reachability.base_url(client, "DECK", server.url(""))
    by_name = {check.name: check for check in checks}
    client.close()
    return by_name


def dated(off: timedelta) -> bytes:
    date = format_datetime(datetime.now(UTC) + off, usegmt=True)
    head = f"HTTP/1.1 404 Not Found\r\nDate: {date}\r\nContent-Length: 0\r\n\r\n"
    return head.encode()


@pytest.mark.parametrize(
    ("off", "verdict", "minutes"),
    [
        (timedelta(0), "ok", 0),
        (timedelta(minutes=-2), "warning", 2),
        (timedelta(hours=1), "wrong", 60),
    ],
)
def test_how_far_decks_clock_is_from_ours_is_reported(
    serve: Callable[[Act], RawServer], off: timedelta, verdict: str, minutes: int
) -> None:
    check = found(serve(always(dated(off))))["deck.clock"]

    seconds = float(check.message.split()[-2])
    assert check.verdict == verdict
    assert abs(seconds - 60 * minutes) < 25
    assert ("NTP" in check.advice) == (verdict != "ok")


def test_without_a_date_nothing_is_stated_of_the_clock(
    serve: Callable[[Act], RawServer],
) -> None:
    shown = found(serve(always(b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n")))

    assert list(shown) == ["deck.reached"]


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(1, "ok"), (-60, "warning"), (900, "wrong")]
)
def test_a_partners_clock_that_is_far_off_is_reported(
    seconds: int, verdict: str
) -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    date = (now + timedelta(seconds=seconds)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    reply = Reply(404, {"date": date}, b"", 1.0)

    [check] = reachability.clock("deck", "DECK", reply, now)

    assert check.verdict == verdict


@pytest.mark.parametrize("headers", [{}, {"date": "yesterday"}])
def test_a_partner_that_does_not_report_its_time_is_not_judged(
    headers: dict[str, str],
) -> None:
    reply = Reply(404, headers, b"", 1.0)

    assert list(reachability.clock("deck", "DECK", reply, datetime.now(UTC))) == []


@pytest.mark.parametrize(
    ("ahead", "verdict"), [(0.2, "ok"), (-30, "warning"), (600, "wrong")]
)
def test_redis_clock_that_is_far_off_is_reported(ahead: float, verdict: str) -> None:
    assert redis.clock(ahead).verdict == verdict
