"""Headers of every answer: what a browser must not do with it."""

import re

import pytest
import redis

from tests.pages.conftest import Opener, Person

PAGES = (
    "/",
    "/destinations",
    "/dead-letters",
    "/orders",
    "/orders?q=SO-1",
    "/reconcile",
    "/events",
    "/dead-letters?order=SO-1",
)
MISSING = ("/order?number=SO-404", "/dead-letter?id=delivery:404", "/no-such-page")


def nonce_of(policy: str) -> str:
    found = re.search(r"script-src 'nonce-([\w-]{20,})';", policy)
    assert found, policy
    return found[1]


def held(person: Person, path: str, status: int) -> None:
    page = person.get(path)
    policy = page.headers["content-security-policy"]
    nonce = nonce_of(policy)

    assert page.status_code == status, path
    assert "default-src 'none'" in policy
    assert f"style-src 'nonce-{nonce}'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    # Nothing inline: no script's text, no style, no handler, nothing of another host.
    assert re.findall(r"<script(?![^>]* src=)", page.text) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", page.text) == []
    for tag in re.findall(r"<(?:script|link rel=.stylesheet)[^>]*>", page.text):
        assert f'nonce="{nonce}"' in tag
    assert re.findall(r'(?:src|href|action)="(?!/console|#)', page.text) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_lets_nothing_else_run(operator: Person, path: str) -> None:
    held(operator, path, 200)


@pytest.mark.parametrize("path", MISSING)
def test_the_page_for_what_is_not_there_neither(operator: Person, path: str) -> None:
    held(operator, path, 404)


def test_the_page_for_signing_in_neither(stranger: Person) -> None:
    held(stranger, "/sign-in", 200)


def test_the_page_for_a_redis_that_fails_neither(
    operator: Person, redis: redis.Redis
) -> None:
    redis.set("wb:reconciled", "of another type")

    page = operator.get("/reconcile")

    held(operator, "/reconcile", 503)
    assert "Redis at redis://127.0.0.1" in page.text


def test_two_pages_have_two_nonces(operator: Person) -> None:
    pages = [operator.get("/") for _ in range(2)]

    policies = [page.headers["content-security-policy"] for page in pages]
    assert nonce_of(policies[0]) != nonce_of(policies[1])


def test_what_renews_itself_is_sent_to_sign_in_as_a_whole_page(
    stranger: Person,
) -> None:
    answer = stranger.get("/", HX_Request="true")

    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/console/sign-in"


def test_a_link_to_flower_stands_where_the_settings_have_one(
    console_of: Opener,
) -> None:
    with console_of(WAYBILL_HTTP__FLOWER_URL="https://flower.example/") as person:
        page = person.sign_in().get("/")

    assert '<a href="https://flower.example/" rel="noreferrer">Flower</a>' in page.text
