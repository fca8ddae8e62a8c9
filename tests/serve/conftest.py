"""A door that is open: a real server on a real socket, in a thread of the test."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import redis
import requests
import uvicorn

from tests.redis_servers import RedisServer, free_port
from tests.waybill.terminal import Terminal
from waybill.sandbox import environment
from waybill.serve.connections import config_of
from waybill.serve.following import Following
from waybill.serve.tokens import setting
from workers.redis.clients import patient_client
from workers.settings.settings import Settings

#: The tokens of the tests, by what they may do.
TOKENS = {"erp": "wbt_posts", "bi": "wbt_reads"}
RIGHTS: Mapping[str, Any] = {"erp": ("publish",), "bi": ("read",)}

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


def tokens() -> str:
    """The setting that lets the tests in."""
    entries: dict[str, Any] = {}
    for name, token in TOKENS.items():
        entries |= json.loads(setting(name, token, RIGHTS[name]))
    return json.dumps(entries)


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls an open door."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def post(
        self, body: bytes, kind: str = STRUCTURED, by: str = "erp", **headers: str
    ) -> requests.Response:
        """Post to the events; `headers` have underscores for dashes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named |= {"Content-Type": kind, "Authorization": bearer(by)}
        url = f"{self.url}/v1/events"
        return self.session.post(url, data=body, headers=named, timeout=30)

    def get(self, path: str, by: str = "bi") -> requests.Response:
        headers = {"Authorization": bearer(by)}
        return self.session.get(self.url + path, headers=headers, timeout=30)


def bearer(name: str) -> str:
    """The header's value for a token of the tests, or for another text."""
    return f"Bearer {TOKENS.get(name, name)}"


#: Opens a door with more settings.
Opener = Callable[..., AbstractContextManager[Caller]]


@contextmanager
def opened(environ: Mapping[str, str]) -> Iterator[Caller]:
    """A door with these settings; it is shut when the context ends."""
    settings = Settings.load_redis(environ)
    client = patient_client(settings.redis_url, "door")
    port = free_port()
    config = config_of(Following(settings, client), settings.http, port=port)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        caller = Caller(f"http://127.0.0.1:{port}")
        with caller.session:
            yield caller
    finally:
        server.should_exit = True
        thread.join()
        client.close()


@pytest.fixture
def door_of(redis_server: RedisServer, redis: redis.Redis) -> Opener:
    """Open a door to the emptied Redis; keywords are further settings."""
    redis.config_set("appendonly", "yes")
    environ = {"WAYBILL_REDIS_URL": redis_server.url, "WAYBILL_HTTP__TOKENS": tokens()}
    return lambda **more: opened(environ | more)


@pytest.fixture
def waybill(redis_server: RedisServer, redis: redis.Redis) -> Terminal:
    """The command, with settings that a worker would take."""
    redis.config_set("appendonly", "yes")
    nowhere = environment("http://127.0.0.1:9")
    return Terminal(nowhere | {"WAYBILL_REDIS_URL": redis_server.url})


@pytest.fixture
def door(door_of: Opener) -> Iterator[Caller]:
    with door_of() as caller:
        yield caller
