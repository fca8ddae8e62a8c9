"""What the tests of the clients share."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
import redis as redis_library

from sandbox.server import Sandbox
from tests.defaults import DECK
from tests.http.raw_server import Act, RawServer
from tests.partners.partners import ingram_tokens, utc_now
from tests.partners.receivers import RULES, Make
from tests.partners.tokens import CANARY, Clock
from workers.fields.instance import Instance
from workers.http.address_guard import AddressGuard
from workers.http.client import HttpClient
from workers.partners.ingram.client import IngramClient
from workers.partners.ingram.endpoint import Endpoint
from workers.partners.oauth.token_source import TokenSource

#: Now, for clients that sign or compare dates.
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
def http() -> Iterator[HttpClient]:
    """A client that may call anywhere."""
    client = HttpClient(user_agent="Waybill/test", connect_seconds=2.0)
    yield client
    client.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Act], RawServer]]:
    """Start raw servers; they end with the test."""
    with ExitStack() as stack:
        yield lambda act: stack.enter_context(RawServer(act))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """All partners on one port."""
    with Sandbox().start() as running:
        yield running


@pytest.fixture
def guarded() -> Iterator[HttpClient]:
    """A client that may call public targets and loopback."""
    client = HttpClient(user_agent="Waybill/test", guard=AddressGuard(RULES))
    yield client
    client.close()


@pytest.fixture
def make(
    sandbox: Sandbox,
    http: HttpClient,
    guarded: HttpClient,
    redis: "redis_library.Redis",
) -> Make:
    """Make a client of these endpoints."""

    def client(
        *endpoints: Endpoint, clock: Callable[[], datetime] = utc_now
    ) -> IngramClient:
        return IngramClient(
            guarded,
            relay_http=http,
            tokens=ingram_tokens(sandbox, http, redis),
            endpoints={one.name: one for one in endpoints},
            rules=RULES,
            base_url=f"{sandbox.url}/ingram",
            deadline=5.0,
            clock=clock,
        )

    return client


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source(
    redis: "redis_library.Redis", http: HttpClient, clock: Clock
) -> Callable[..., TokenSource]:
    """Make the source that a process has of this server's token."""

    def make(server: RawServer | str, **differently: Any) -> TokenSource:
        url = server if isinstance(server, str) else server.url("/oauth2/token")
        usual: dict[str, Any] = {
            "instance": Instance("westcon"),
            "url": url,
            "client_id": "client",
            "client_secret": CANARY,
            "retry_after_max": DECK.retry_after_max,
            "clock": clock,
            "dice": lambda: 0.5,
        }
        client = differently.pop("client", redis)
        return TokenSource(client, http, **usual | differently)

    return make
