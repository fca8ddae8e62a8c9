"""Whatever bytes a partner answers with, the outcome is that item's alone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import pytest
import redis as redis_library
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tasks.execution.attempt import attempt
from tasks.ledger_values import Hint
from tasks.outcomes.outcome import Again, Done, GiveUp, Later, Outcome
from tasks.planning.rules import DECK, INGRAM_PREFIX, WESTCON
from tasks.polling.poll import poll
from tests.http.raw_server import Peer, RawServer
from tests.partners.conftest import NOW
from tests.partners.partners import answer, deck, westcon
from tests.partners.receivers import BODY, RULES, endpoint
from tests.serializers.wire_samples import spoiled
from tests.tasks.fakes import World
from tests.tasks.known_orders import known, numbered
from workers.fields.instance import Instance
from workers.http.address_guard import AddressGuard
from workers.http.client import HttpClient
from workers.partners.ingram.answer_table import AnswerTable
from workers.partners.ingram.client import IngramClient
from workers.partners.oauth.token_source import TokenSource

LINE = (
    b'[{"eRPOrderNumber": "0000000NNN", "customerOrderNumber": "PO-1",'
    b' "eRPOrderLineNumber": "000010", "lineStatusCode": "SHI", "lineQuantity": "1.0",'
    b' "quantityUOM": "EA", "statusDate": "2026-11-20", "shipDate": "20261120",'
    b' "eRPProductNumber": "P-1", "invoiceNumber": ""}]'
)
LINES = LINE.replace(b"NNN", b"601")
TOKEN = b'{"access_token": "T", "expires_in": 3600}'
DOCUMENTS = (
    LINE.replace(b"NNN", b"600"),
    TOKEN,
    b'{"ResponseCode": 0, "ResponseMessage": "Success"}',
    b"<Response><ResponseCode>0</ResponseCode></Response>",
    b'{"error": "invalid_client", "error_description": "no", "error_codes": [7000215]}',
    b'{"statusCode": 403, "message": "Out of call volume quota. Returns in 01:02:03"}',
    b"",
)
STATUSES = (100, 200, 202, 204, 299, 302, 400, 401, 403, 404, 408, 410, 429, 500, 503)
#: A whole status line of a 2xx.
DELIVERED = re.compile(rb"HTTP/1\.[01] 2[0-9]{2}(?:\r?\n| [^\n]*\n)")
FIELDS = (
    "",
    "Retry-After: 30,120\r\n",
    "Retry-After: Fri, 31 Dec 9999 23:59:59 -2359\r\n",
    "X-RateLimit-Reset: 999999999999\r\n",
    "Content-Encoding: gzip\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Connection: close\r\n",
    "no colon\r\n",
)


@st.composite
def framed(draw: st.DrawFn) -> bytes:
    """A reply in order, around a document that may not be."""
    body = draw(st.sampled_from(DOCUMENTS).flatmap(lambda d: st.just(d) | spoiled(d)))
    status = draw(st.just(200) | st.sampled_from(STATUSES))
    return answer(status, body, draw(st.just("") | st.sampled_from(FIELDS)))


REPLIES = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=200).map(lambda rest: b"HTTP/1.1 200 OK\r\n" + rest),
    framed(),
    framed().flatmap(spoiled),
)


@dataclass
class Script:
    """What the server answers next."""

    reply: bytes = b""


@pytest.fixture(scope="module")
def script() -> Script:
    return Script()


@pytest.fixture(scope="module")
def server(script: Script) -> Iterator[RawServer]:
    def act(peer: Peer) -> None:
        while request := peer.request():
            if b'"601"' in request:
                peer.send(answer(200, LINES))
            else:
                peer.send(script.reply)
                return

    with RawServer(act) as running:
        yield running


@pytest.fixture(scope="module")
def http() -> Iterator[HttpClient]:
    guard = AddressGuard(RULES)
    client = HttpClient(user_agent="Waybill/test", guard=guard, idle_seconds=0.0)
    yield client
    client.close()


class Given:
    """A token that nobody has to ask for."""

    def token(self) -> str:
        return "T"

    def rejected(self, token: str) -> None:
        """Give the same one again."""


def search(**named: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Search with replies; what is shared among examples is only the server."""
    shared = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
    quick = settings(max_examples=100, deadline=None, suppress_health_check=shared)
    return lambda test: quick(given(**named)(test))


def outcome(destination: str, call: Callable[[], object]) -> Outcome:
    """How a call ends for its item; nothing escapes."""
    made = attempt(World().services(), destination, 1, lambda: str(call()))
    assert isinstance(made.outcome, Done | Again | Later | GiveUp)
    if not isinstance(made.outcome, Done):
        assert made.outcome.code
        assert made.outcome.code == made.result
        assert not made.outcome.reason.startswith("unexpected")
        assert made.outcome.reason.isprintable()
        assert len(made.outcome.reason) < 600
    return made.outcome


@search(reply=REPLIES)
def test_of_westcon(
    server: RawServer, script: Script, http: HttpClient, reply: bytes
) -> None:
    script.reply = reply
    client = westcon(server.url(""), http, Given())  # type: ignore[arg-type] # a token's giver

    outcome(WESTCON, lambda: client.order_status("W", ("600",)))


@search(reply=REPLIES)
def test_of_westcon_while_other_orders_are_polled(
    server: RawServer, script: Script, http: HttpClient, reply: bytes
) -> None:
    script.reply, world = reply, World()
    world.rules = replace(world.rules, poll=replace(world.rules.poll, batch=1))
    client = westcon(server.url(""), http, Given())  # type: ignore[arg-type] # a token's giver
    services = world.services()
    hint = known(world, numbered(0), numbered(1))

    report = poll(client, hint, services)
    if report.handed_back:
        rest = Hint(WESTCON, 0, known(world, numbered(1)).claims)
        report.outcomes |= poll(client, rest, services).outcomes

    assert set(report.outcomes) == {"watch:westcon:SO-0", "watch:westcon:SO-1"}
    assert report.outcomes["watch:westcon:SO-1"] == Done()
    assert world.ledger.order("SO-1").lines
    assert world.ledger.watch("SO-1").state == "due"


@pytest.mark.parametrize("form", ["json", "xml", "form"])
@search(reply=REPLIES, read_back=st.booleans())
def test_of_deck(
    server: RawServer,
    script: Script,
    http: HttpClient,
    form: str,
    reply: bytes,
    read_back: bool,  # noqa: FBT001 - searched
) -> None:
    script.reply = reply
    client = deck(server.url(""), http, format=form, read_back=read_back)

    outcome(DECK, lambda: client.link("SO-1", "C-1"))


@pytest.mark.parametrize("mode", ["direct", "relay"])
@search(reply=REPLIES)
@example(reply=b"HTTP/1.1 200 OK\r\n")
def test_of_a_receiver_and_a_2xx_is_always_a_delivery(
    server: RawServer, script: Script, http: HttpClient, mode: str, reply: bytes
) -> None:
    script.reply = reply
    target = server.url("/hook") if mode == "direct" else "https://partner.example/"
    client = IngramClient(
        http,
        relay_http=http,
        tokens=Given(),  # type: ignore[arg-type] # a token's giver
        endpoints={"acme": endpoint(target, mode=mode, answers=AnswerTable())},
        rules=RULES,
        base_url=server.url(""),
        deadline=5.0,
        clock=lambda: NOW,
    )

    made = outcome(f"{INGRAM_PREFIX}acme", lambda: client.send("acme", "EV1", BODY, 1))

    if DELIVERED.match(reply):
        assert made == Done()


NUMBERS = count()


@search(reply=REPLIES)
def test_of_a_token_endpoint(
    server: RawServer,
    script: Script,
    http: HttpClient,
    redis: "redis_library.Redis",
    reply: bytes,
) -> None:
    script.reply = reply
    tokens = TokenSource(
        redis,
        http,
        instance=Instance("westcon"),
        url=server.url("/oauth2/token"),
        # Nobody has asked for this one before.
        client_id=f"client-{next(NUMBERS)}",
        client_secret="secret",
        retry_after_max=86_400.0,
    )

    found = outcome(WESTCON, tokens.token)

    assert isinstance(found, Done | Later)
