"""The reason of a refusal holds the partner's words, in whatever form they come."""

import html
import json
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

import pytest
import redis as redis_library
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox import settings as known
from sandbox.server import Sandbox
from serializers.errors import DecodeError
from tasks.outcomes.errors import PartnerError
from tests.http.raw_server import Act, RawServer, always
from tests.partners.partners import answer, deck, westcon, westcon_tokens
from tests.partners.receivers import Make, endpoint, refusal
from tests.redis_servers import ONE_REDIS
from workers.fields.instance import Instance
from workers.http.client import HttpClient
from workers.partners.oauth.token_request import Credential, ask

#: Partners answer over HTTP; a token is the same in any Redis.
pytestmark = ONE_REDIS

#: A partner that is asked at an address, and what it raises.
Asked = Callable[[str], PartnerError]
#: It begins and ends in what URLs, JSON and markup spell otherwise.
SECRET: Final = 'k"<9&secret/canary=+ä'
WORDS: Final = "The partnerKey has expired"
FORMS: Final = {
    "text": WORDS.encode(),
    "lines": f"\r\n{WORDS}\r\n".encode(),
    "gateway": json.dumps({"statusCode": 400, "message": WORDS}).encode(),
    "model state": json.dumps(
        {"Message": "The request is invalid.", "ModelState": {"x": [WORDS]}}
    ).encode(),
    "problem": json.dumps({"title": "Bad Request", "detail": WORDS}).encode(),
    "problem errors": json.dumps({"title": "Bad", "errors": {"$.x": [WORDS]}}).encode(),
    "nested": json.dumps({"error": {"code": "X", "message": WORDS}}).encode(),
    "list": json.dumps({"errors": [{"message": WORDS}]}).encode(),
    "texts": json.dumps({"errors": [WORDS]}).encode(),
    "oauth": json.dumps({"error": "x", "error_description": WORDS}).encode(),
    "fault": json.dumps({"fault": {"faultstring": WORDS}}).encode(),
    "xml": f"<Error><Message>{WORDS}</Message></Error>".encode(),
    "xml model state": (
        f"<Error><Message>Invalid.</Message><ModelState><x>{WORDS}</x></ModelState>"
        "</Error>"
    ).encode(),
    "soap": f"<Fault><faultstring>{WORDS}</faultstring></Fault>".encode(),
    "page": f"<!DOCTYPE html><html><head><title>{WORDS}</title></head></html>".encode(),
    "utf-16": json.dumps({"message": WORDS}).encode("utf-16"),
}
#: How a partner may repeat what it was sent.
ECHOES: Final = (
    f"no {SECRET} known",
    f"no {quote(SECRET, safe='')} known",
    json.dumps({"message": f"no {SECRET} known"}),
    json.dumps({"Message": "x", "ModelState": {"key": [f"no {SECRET} known"]}}),
    f"<Error><Message>no {html.escape(SECRET)} known</Message></Error>",
    f"<html><title>no {html.escape(SECRET)} known</title></html>",
    json.dumps({"message": "x" * 190 + SECRET}),
    "x" * 190 + SECRET,
)


@pytest.fixture(params=["westcon", "deck", "receiver", "token"])
def asked(
    request: pytest.FixtureRequest,
    sandbox: Sandbox,
    http: HttpClient,
    redis: "redis_library.Redis",
    make: Make,
) -> Asked:
    """Each partner, with a secret of its own that it may repeat."""

    def of_westcon(url: str) -> object:
        tokens = westcon_tokens(sandbox, http, redis)
        client = westcon(url, http, tokens, partner_key=SECRET)
        return client.order_status("W", ("6000001",))

    def of_token(url: str) -> object:
        return ask(
            http, Credential(Instance("westcon"), url, "us", SECRET, "", "POST", 5.0)
        )

    calls: dict[str, Callable[[str], object]] = {
        "westcon": of_westcon,
        "deck": lambda url: deck(url, http, api_key=SECRET).link("SO-1", "C-7"),
        "receiver": lambda url: refusal(make(endpoint(f"{url}/", SECRET))),
        "token": of_token,
    }
    call = calls[request.param]

    def ask_at(url: str) -> PartnerError:
        try:
            raised = call(url)
        except PartnerError as error:
            return error
        assert isinstance(raised, PartnerError)
        return raised

    return ask_at


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("status", [400, 403, 422, 500])
def test_the_reason_holds_the_partners_words_in_every_form(
    serve: Callable[[Act], RawServer], asked: Asked, status: int, form: str
) -> None:
    server = serve(always(answer(status, FORMS[form])))

    reason = str(asked(server.url("")))

    assert WORDS in reason
    assert reason.isprintable()
    assert len(reason) < 400


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("status", [400, 500])
def test_a_secret_that_is_repeated_is_masked_in_every_form(
    serve: Callable[[Act], RawServer],
    asked: Asked,
    status: int,
    echo: str,
) -> None:
    server = serve(always(answer(status, echo.encode())))

    reason = str(asked(server.url("")))

    assert "***" in reason
    assert "canary" not in reason
    assert 'k"<9' not in reason


@pytest.mark.parametrize("asked", ["westcon", "deck", "token"], indirect=True)
@pytest.mark.parametrize("form", ["text", "page"])
def test_a_page_in_a_documents_place_is_quoted(
    serve: Callable[[Act], RawServer], asked: Asked, form: str
) -> None:
    server = serve(always(answer(200, FORMS[form])))

    reason = str(asked(server.url("")))

    assert "answered 200, but: " in reason
    assert reason.endswith(f"; it reads: {WORDS}")


def test_the_published_answer_of_westcons_gateway_is_not_dropped(
    serve: Callable[[Act], RawServer],
    sandbox: Sandbox,
    http: HttpClient,
    redis: "redis_library.Redis",
) -> None:
    body = b"Missing required fields: partnerKey, orderType"
    server = serve(always(answer(400, body, "Content-Type: text/plain\r\n")))
    client = westcon(server.url(""), http, westcon_tokens(sandbox, http, redis))

    with pytest.raises(PartnerError) as caught:
        client.order_status("W", ("6000001",))

    assert str(caught.value) == f"Westcon answered 400: {body.decode()}"


def test_an_error_block_of_a_200_repeats_no_secret(
    serve: Callable[[Act], RawServer],
    sandbox: Sandbox,
    http: HttpClient,
    redis: "redis_library.Redis",
) -> None:
    text = "x" * 180 + known.WESTCON_PARTNER_KEY
    body = json.dumps({"Error": {"ErrorNumber": "A1", "ErrorDescription": text}})
    server = serve(always(answer(200, body.encode())))
    client = westcon(server.url(""), http, westcon_tokens(sandbox, http, redis))

    with pytest.raises(PartnerError) as caught:
        client.order_status("W", ("6000001",))

    cause = caught.value.__cause__
    assert isinstance(cause, DecodeError)
    assert "error A1: xxx" in str(caught.value)
    for reported in (str(caught.value), str(cause)):
        assert known.WESTCON_PARTNER_KEY[:9] not in reported


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    status=st.integers(200, 599).filter(lambda s: s not in {204, 304}),
    body=st.binary(max_size=200)
    | st.sampled_from(sorted(FORMS.values())).flatmap(
        lambda form: st.integers(0, len(form)).map(lambda n: form[:n] + b"\0\xff")
    ),
)
def test_any_reply_is_an_answer_or_a_partners_error(
    serve: Callable[[Act], RawServer],
    sandbox: Sandbox,
    http: HttpClient,
    redis: "redis_library.Redis",
    status: int,
    body: bytes,
) -> None:
    url = serve(always(answer(status, body))).url("")
    client = westcon(url, http, westcon_tokens(sandbox, http, redis))

    reasons = [
        raised(lambda: client.order_status("W", ("6000001",))),
        raised(lambda: deck(url, http).link("SO-1", "C-7")),
    ]

    for reason in filter(None, reasons):
        assert reason.isprintable()
        assert len(reason) < 700


def raised(call: Callable[[], object]) -> str:
    """The reason of a partner's error, "" without one; anything else escapes."""
    try:
        call()
    except PartnerError as error:
        return str(error)
    return ""
