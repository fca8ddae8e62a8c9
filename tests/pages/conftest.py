"""A console that is open: a real server on a real socket, and people who use it."""

import json
import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest
import redis
import requests
from argon2 import PasswordHasher

from tests.conftest import Servers
from tests.docs.test_going_live import PASSWORD as REDIS_PASSWORD
from tests.docs.test_going_live import proposed
from tests.ledger.clock import World
from tests.redis_servers import RedisServer, binaries
from tests.serve.conftest import opened
from tests.waybill.terminal import ledger_of
from waybill.sandbox import environment

#: A password of the tests, and a hash that is made in no time.
PASSWORD = "correct horse battery"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HASH = QUICK.hash(PASSWORD)

USERS: dict[str, Any] = {
    "olga": {"argon2": HASH, "role": "operator"},
    "vera": {"argon2": HASH, "role": "viewer"},
    "paula@example.com": {"role": "operator"},
}

_TOKEN = re.compile(r'name="token" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a browser that runs no scripts."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **headers: str) -> requests.Response:
        """Open a page of the console; `headers` have underscores for dashes."""
        return self.session.get(
            self.url + path, headers=_named(headers), timeout=30, allow_redirects=False
        )

    def post(self, path: str, on: str = "", **fields: str) -> requests.Response:
        """Send a form as its page would, with the token that stands on `on`."""
        page = self.get(on or path)
        form = {"token": token_of(page)} | fields
        return self.send(path, form, Sec_Fetch_Site="same-origin")

    def send(
        self, path: str, form: dict[str, str], **headers: str
    ) -> requests.Response:
        """Send a form with exactly these fields and headers."""
        return self.session.post(
            self.url + path,
            data=form,
            headers=_named(headers),
            timeout=30,
            allow_redirects=False,
        )

    def sign_in(self, name: str = "olga", password: str = PASSWORD) -> "Person":
        answer = self.post("/sign-in", name=name, password=password)
        assert answer.status_code == 303, answer.text
        return self

    def text(self, path: str) -> str:
        """What a page shows, without its tags."""
        page = self.get(path)
        assert page.status_code == 200, page.text
        return shown(page.text)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def token_of(page: requests.Response) -> str:
    found = _TOKEN.search(page.text)
    assert found, page.text
    return unescape(found[1])


def shown(page: str) -> str:
    """The text of a page, its blanks as one each."""
    body = re.sub(r"(?s)<(head|script|svg).*?</\1>", " ", page)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


#: Opens a console with more settings.
Opener = Callable[..., AbstractContextManager[Person]]


@pytest.fixture(scope="session")
def redis_server(servers: Servers) -> RedisServer:
    """One is enough: what the console has in Redis, the glossary's tests hold."""
    return servers(list(binaries())[-1])


@pytest.fixture
def environ(redis_server: RedisServer, redis: redis.Redis) -> Iterator[dict[str, str]]:
    """Settings that a worker would take, on an empty Redis.

    The console comes in as the user that docs/going-live.md has for it, and asks for
    nothing that this may not: every page and every act is tried as that.
    """
    redis.config_set("appendonly", "yes")
    nowhere = environment("http://127.0.0.1:9")
    users = {"WAYBILL_HTTP__USERS": json.dumps(USERS)}
    url = known(redis, redis_server.url, "console")
    redis.acl_log_reset()
    yield nowhere | {"WAYBILL_REDIS_URL": url} | users
    refused = [(one["reason"], one["object"]) for one in redis.acl_log()]
    assert refused == [], "the console asks for more than its user may"


def known(client: redis.Redis, url: str, user: str) -> str:
    """Have Redis know one of the page's users; the URL with which it comes in."""
    (line,) = [one for one in proposed() if one.split()[2] == user]
    rules = shlex.split(line.replace(">PASSWORD", f">{REDIS_PASSWORD}"))[3:]
    client.execute_command("ACL", "SETUSER", user, "reset", *rules)  # type: ignore[no-untyped-call] # redis-py's gap
    return url.replace("127.0.0.1", f"{user}:{REDIS_PASSWORD}@127.0.0.1")


@pytest.fixture
def world(environ: dict[str, str], redis: redis.Redis) -> World:
    """The ledger that the console shows, with one worker alive."""
    return ledger_of(redis, environ)


@pytest.fixture
def console_of(environ: dict[str, str]) -> Opener:
    """Open a console; keywords are further settings."""

    @contextmanager
    def opening(**more: str) -> Iterator[Person]:
        with opened(environ | more) as caller:
            yield Person(f"{caller.url}/console", caller.session)

    return opening


@pytest.fixture
def stranger(console_of: Opener, world: World) -> Iterator[Person]:
    """Somebody at an open console who has not come in; the ledger is ready."""
    assert world.redis.ping()
    with console_of() as person:
        yield person


@pytest.fixture
def operator(stranger: Person) -> Person:
    return stranger.sign_in()
