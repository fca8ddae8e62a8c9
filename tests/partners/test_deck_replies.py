"""What DECK answers, in either language, and what becomes of the link."""

from collections.abc import Callable, Mapping
from typing import Final

import pytest

from sandbox.http.fault import Fault
from sandbox.server import Sandbox
from serializers.deck.reply import decode_reply
from serializers.errors import DecodeError
from tasks.outcomes.errors import (
    PartnerError,
    PermanentError,
    TransientError,
    Unavailable,
)
from tests.http.raw_server import Act, Peer, RawServer, always
from tests.partners.partners import answer, deck
from workers.http.client import HttpClient

SPACE: Final = "http://schemas.datacontract.org/2004/07/DECK.Core.Common.Contracts.API"
ROOT: Final = (
    f'<GenericResponse xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
    f' xmlns="{SPACE}">'
)
CODES: Final = {"7": "again", "OrderLocked": "again", "NoSuchOrder": "give_up"}

#: ASP.NET Web API's own answers, as Microsoft's documentation shows it.
NOT_FOUND_JSON: Final = b"""{
  "Message": "No HTTP resource was found that matches the request URI 'x'.",
  "MessageDetail": "No type was found that matches the controller named 'Foo'."
}"""
NOT_FOUND_XML: Final = b"""<Error>
<Message>No HTTP resource was found that matches the request URI 'x'.</Message>
<MessageDetail>No type was found that matches the controller.</MessageDetail>
</Error>"""
FAILED_XML: Final = b"""<Error><Message>An error has occurred.</Message>
<ExceptionMessage>The method or operation is not implemented.</ExceptionMessage>
<StackTrace> at Example</StackTrace></Error>"""
INVALID_JSON: Final = b"""{
  "Message": "The request is invalid.",
  "ModelState": {"request.OrderNumber": ["The OrderNumber field is required."]}
}"""


def replied(code: str, message: str = "so it is") -> Mapping[str, bytes]:
    """A reply of a new and an old host in XML and in JSON; a code may be a name."""
    json_code = code if code.lstrip("-").isdigit() else f'"{code}"'
    reported = f"<Message>{message}</Message><ResponseCode>{code}</ResponseCode>"
    new = f"{ROOT}<CorrelationId>c</CorrelationId>{reported}</GenericResponse>"
    nil = reported.replace(f"<Message>{message}</Message>", '<Message i:nil="true" />')
    texts = {
        "JSON, new": f'{{"ResponseCode":{json_code},"Message":"{message}",'
        '"CorrelationId":"c"}',
        "JSON, old": f'{{"ResponseCode":{json_code},"Message":"{message}"}}',
        "JSON, a text": f'{{"ResponseCode":"{code}","Message":null}}',
        "XML, new": new,
        "XML, old": f"{ROOT}{reported}</GenericResponse>",
        "XML, nil": f"{ROOT}{nil}</GenericResponse>",
    }
    return {name: text.encode() for name, text in texts.items()}


SHAPES: Final = sorted(replied("0"))


def called(server: RawServer, http: HttpClient) -> str | PartnerError:
    client = deck(server.url(""), http, codes=CODES)
    try:
        return client.link("SO-1", "C-7")
    except PartnerError as error:
        return error


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("code", "number"), [("0", 0), ("Success", 0), ("15", 15), ("00", 0)]
)
def test_0_and_15_are_done_in_every_shape(
    serve: Callable[[Act], RawServer],
    http: HttpClient,
    shape: str,
    code: str,
    number: int,
) -> None:
    server = serve(always(answer(200, replied(code)[shape].replace(b":00", b":0"))))

    assert called(server, http) == f"code {number} json"


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("7", TransientError),
        ("OrderLocked", TransientError),
        ("orderlocked", TransientError),
        ("NoSuchOrder", PermanentError),
        ("8", PermanentError),
        ("-1", PermanentError),
        ("Unheard", PermanentError),
    ],
)
def test_any_other_code_means_what_the_table_states_or_gives_up(
    serve: Callable[[Act], RawServer],
    http: HttpClient,
    shape: str,
    code: str,
    kind: type[PartnerError],
) -> None:
    server = serve(always(answer(200, replied(code)[shape])))

    error = called(server, http)

    assert type(error) is kind
    assert error.code == f"deck_{code}"
    expected = "no message" if shape in {"JSON, a text", "XML, nil"} else "so it is"
    assert str(error) == f"DECK answered ResponseCode {code}: {expected}"


@pytest.mark.parametrize("content_type", ["text/plain", "text/html", "image/png", ""])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_reply_is_read_whatever_it_is_called(
    serve: Callable[[Act], RawServer],
    http: HttpClient,
    shape: str,
    content_type: str,
) -> None:
    header = f"Content-Type: {content_type}\r\n" if content_type else ""
    done = serve(always(answer(200, replied("0")[shape], header)))
    refused = serve(always(answer(200, replied("8")[shape], header)))

    assert called(done, http) == "code 0 json"
    assert isinstance(called(refused, http), PermanentError)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_reply_that_is_cut_anywhere_is_no_success(shape: str) -> None:
    whole = replied("0")[shape]

    cut = [size for size in range(len(whole)) if _reads(whole[:size])]

    assert cut == []
    assert _reads(whole)


def _reads(body: bytes) -> bool:
    try:
        return decode_reply(body).code == "0"
    except DecodeError:
        return False


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_reply_that_the_wire_cuts_comes_again(
    sandbox: Sandbox, http: HttpClient, framing: str
) -> None:
    sandbox.faults.order("deck.link", Fault.truncate(30, framing))

    with pytest.raises(Unavailable) as caught:
        deck(f"{sandbox.url}/deck", http).link("SO-1", "C-7")

    assert caught.value.code == "truncated"


def test_a_reply_whose_end_only_the_connection_reports_is_not_believed_when_cut(
    sandbox: Sandbox, http: HttpClient
) -> None:
    sandbox.faults.order("deck.link", Fault.truncate(30, "close"))

    with pytest.raises(Unavailable) as caught:
        deck(f"{sandbox.url}/deck", http).link("SO-1", "C-7")

    assert caught.value.code in {"truncated", "decode"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n",
        b"null",
        b"0",
        b"true",
        b'"Success"',
        b"Success",
        b"[0]",
        b'[{"ResponseCode":0}]',
        b'{"Code":0}',
        b'{"ResponseCode":{"Code":0}}',
        b'{"errors":[{"ResponseCode":0}]}',
        b"<Fault><faultcode>0</faultcode></Fault>",
        b"<Status>SUCCESS</Status>",
        b"<a><ResponseCode>0</ResponseCode>",
        b"<!DOCTYPE html><html><ResponseCode>0</ResponseCode></html>",
        b"<html><ResponseCode>0</ResponseCode></html>",
        b"\xff\xfe\0\0",
    ],
)
@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_2xx_that_does_not_state_success_comes_again(
    serve: Callable[[Act], RawServer], http: HttpClient, body: bytes, status: int
) -> None:
    server = serve(always(answer(status, b"" if status == 204 else body)))

    error = called(server, http)

    assert type(error) is Unavailable
    assert error.code == "decode"


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, NOT_FOUND_JSON, "No HTTP resource was found"),
        (404, NOT_FOUND_XML, "No HTTP resource was found"),
        (500, FAILED_XML, "An error has occurred."),
        (400, INVALID_JSON, "The request is invalid."),
    ],
)
def test_what_the_framework_states_is_kept(
    serve: Callable[[Act], RawServer],
    http: HttpClient,
    status: int,
    body: bytes,
    expected: str,
) -> None:
    error = called(serve(always(answer(status, body))), http)

    assert isinstance(error, PartnerError)
    assert error.code == f"http_{status}"
    assert expected in str(error)


@pytest.mark.parametrize("status", [200, 401])
@pytest.mark.parametrize("code", [b'"ResponseCode":9,', b""])
def test_what_proves_our_calls_is_not_repeated(
    serve: Callable[[Act], RawServer], http: HttpClient, status: int, code: bytes
) -> None:
    def echo(peer: Peer) -> None:
        request = peer.request()
        key = request.partition(b"Authorization: ")[2].split(b"\r\n")[0]
        assert len(key) == 64
        peer.send(answer(status, b'{%s"Message":"bad key %s"}' % (code, key)))

    error = called(serve(echo), http)

    assert "bad key ***" in str(error)
