"""Signing in: who comes in, for how long, and how often it may be tried."""

import json

import pytest
import redis

from tests.pages.conftest import (
    PASSWORD,
    QUICK,
    USERS,
    Opener,
    Person,
    shown,
    token_of,
)
from waybill.pages.sign_in import inside
from workers.ledger import keys
from workers.ledger.console import sign_ins
from workers.redis.answers import text


def session_keys(client: redis.Redis) -> list[bytes]:
    return list(client.scan_iter(keys.session("*")))


def test_who_has_not_come_in_is_sent_to_sign_in_and_back(stranger: Person) -> None:
    sent = stranger.get("/orders?q=SO-1")
    page = stranger.get("/sign-in?next=/orders%3Fq%3DSO-1")
    form = {"token": token_of(page), "name": "olga", "password": PASSWORD}
    form["next"] = "/orders?q=SO-1"
    came = stranger.send("/sign-in", form, Sec_Fetch_Site="same-origin")

    assert sent.status_code == 303
    assert sent.headers["location"] == "/console/sign-in?next=%2Forders%3Fq%3DSO-1"
    assert came.headers["location"] == "/console/orders?q=SO-1"
    assert "olga (operator)" in stranger.text("/")


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nX: y"],
)
def test_signing_in_leads_nowhere_else(path: str) -> None:
    assert inside(path) == "/"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("olga", "wrong"),
        ("olga", ""),
        ("nobody", PASSWORD),
        ("paula@example.com", ""),
        ("paula@example.com", PASSWORD),
    ],
)
def test_another_name_or_password_does_not_come_in(
    stranger: Person, redis: redis.Redis, name: str, password: str
) -> None:
    answer = stranger.post("/sign-in", name=name, password=password)

    assert answer.status_code == 401
    assert "Name or password is wrong" in answer.text
    assert session_keys(redis) == []


def test_the_cookie_is_for_no_script_and_no_other_site(stranger: Person) -> None:
    answer = stranger.post("/sign-in", name="olga", password=PASSWORD)

    (cookie,) = [c for c in stranger.session.cookies if c.name == "waybill"]
    raw = answer.headers["set-cookie"]
    assert "HttpOnly" in raw
    assert "SameSite=lax" in raw
    assert cookie.path == "/"


def test_redis_has_no_cookie_of_anybody(operator: Person, redis: redis.Redis) -> None:
    secret = operator.session.cookies["waybill"]

    (key,) = session_keys(redis)
    assert secret not in text(key) + text(redis.get(key))


def test_signing_out_ends_the_session_on_the_server(
    operator: Person, redis: redis.Redis
) -> None:
    kept = operator.session.cookies["waybill"]
    answer = operator.post("/sign-out", on="/")
    operator.session.cookies.set("waybill", kept)

    assert answer.status_code == 303
    assert session_keys(redis) == []
    assert operator.get("/").status_code == 303


def test_a_session_ends_when_nobody_is_there(
    console_of: Opener, redis: redis.Redis
) -> None:
    with console_of(
        WAYBILL_HTTP__SESSION_IDLE="100", WAYBILL_HTTP__SESSION_MOST="1000"
    ) as person:
        person.sign_in()
        (key,) = session_keys(redis)
        redis.pexpire(key, 50_000)
        person.get("/", HX_Request="true")
        renewed = redis.pttl(key)
        person.get("/")
        opened = redis.pttl(key)

    assert renewed <= 50_000
    assert 50_000 < opened <= 100_000


def test_a_session_ends_whatever_happens_in_it(
    console_of: Opener, redis: redis.Redis
) -> None:
    with console_of() as person:
        person.sign_in()
        (key,) = session_keys(redis)
        kept = json.loads(redis.get(key) or b"")
        redis.set(key, json.dumps(kept | {"ends_ms": 1}))

        assert person.get("/").status_code == 303
        redis.set(key, json.dumps(kept | {"ends_ms": kept["ends_ms"] * 2}))
        assert person.get("/").status_code == 200
        assert redis.pttl(key) <= 1_800_000


def test_a_new_password_or_a_name_that_is_gone_ends_sessions(
    console_of: Opener,
) -> None:
    with console_of() as person:
        secret = person.sign_in().session.cookies["waybill"]
    changed = {"olga": USERS["olga"] | {"argon2": QUICK.hash("another one")}}
    for users in (changed, {"vera": USERS["vera"]}):
        with console_of(WAYBILL_HTTP__USERS=json.dumps(users)) as person:
            person.session.cookies.set("waybill", secret)
            assert person.get("/").status_code == 303


def test_a_role_counts_from_the_settings_at_once(console_of: Opener) -> None:
    with console_of() as person:
        secret = person.sign_in().session.cookies["waybill"]
    users = {"olga": USERS["olga"] | {"role": "viewer"}}
    with console_of(WAYBILL_HTTP__USERS=json.dumps(users)) as person:
        person.session.cookies.set("waybill", secret)
        assert "olga (viewer)" in person.text("/")


def test_after_many_attempts_nobody_signs_in_under_a_name_for_a_while(
    stranger: Person, redis: redis.Redis
) -> None:
    answers = [
        stranger.post("/sign-in", name="olga", password="wrong").status_code
        for _ in range(sign_ins.PER_NAME)
    ]
    limited = stranger.post("/sign-in", name="olga", password=PASSWORD)
    other = stranger.post("/sign-in", name="vera", password=PASSWORD)

    assert set(answers) == {401}
    assert limited.status_code == 429
    assert 0 < int(limited.headers["retry-after"]) <= sign_ins.WINDOW
    assert "try again in 15 min" in shown(limited.text)
    assert other.status_code == 303
    assert all(redis.ttl(key) > 0 for key in redis.scan_iter(keys.sign_ins("*")))


def test_attempts_from_one_address_are_limited_too(redis: redis.Redis) -> None:
    attempts = sign_ins.SignIns(redis)
    waits = [
        attempts.attempt(f"name-{n}", "192.0.2.1")
        for n in range(sign_ins.PER_ADDRESS + 1)
    ]

    assert not any(waits[:-1])
    assert waits[-1] > 0
    assert attempts.attempt("name-0", "192.0.2.2") == 0


def test_who_has_come_in_may_mistype_again(redis: redis.Redis) -> None:
    attempts = sign_ins.SignIns(redis)
    for _ in range(3):
        for _ in range(sign_ins.PER_NAME):
            assert attempts.attempt("olga", "192.0.2.1") == 0
        attempts.succeeded("olga")


def test_without_users_there_is_no_console(console_of: Opener) -> None:
    with console_of(WAYBILL_HTTP__USERS="{}", WAYBILL_HTTP__TOKENS="{}") as person:
        assert person.get("/").status_code == 404


def test_the_doors_own_address_leads_to_the_console(stranger: Person) -> None:
    door = stranger.url.removesuffix("/console")
    answer = stranger.session.get(door, timeout=30, allow_redirects=False)

    assert answer.headers["location"] == "/console/"
