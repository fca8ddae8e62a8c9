"""DECK's reply: read by content, JSON or XML, old hosts and new."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.deck.reply import LinkReply, decode_reply
from serializers.errors import DecodeError
from tests.serializers.wire_samples import reading, sample, spoiled

NEW = b'{"ResponseCode": 0, "Message": "Linked", "CorrelationId": "c0ffee-1"}'


@pytest.mark.parametrize(
    ("body", "reply"),
    [
        (NEW, LinkReply("0", "Linked")),
        (b'{"ResponseCode":0,"Message":"Linked"}', LinkReply("0", "Linked")),
        (sample("deck_reply_new.xml"), LinkReply("0", "Linked")),
        (sample("deck_reply_old.xml"), LinkReply("0", "")),
        (b'{"ResponseCode":"15","Message":null}', LinkReply("15", "")),
        (b'{"ResponseCode":"SUCCESS"}', LinkReply("0", "")),
        (b'{"responsecode":15.0}', LinkReply("15", "")),
        (b'{"ResponseCode":-3}', LinkReply("-3", "")),
        (b'{"ResponseCode":"InvalidOrder"}', LinkReply("InvalidOrder", "")),
        (
            b"<R><ResponseCode>SuccessfullyQueued</ResponseCode></R>",
            LinkReply("15", ""),
        ),
        (
            b"<R><ResponseCode>0<!-- -->7<?a b?>1</ResponseCode></R>",
            LinkReply("71", ""),
        ),
        (
            b"<R><ResponseCode>7</ResponseCode><Message>No</Message></R>",
            LinkReply("7", "No"),
        ),
        (
            b'{"ResponseCode":7,"Message":"No\\r\\nsuch\\u001b order"}',
            LinkReply("7", "No such order"),
        ),
    ],
)
def test_a_reply_is_read_by_its_content(body: bytes, reply: LinkReply) -> None:
    assert decode_reply(body) == reply
    assert decode_reply(b"\xef\xbb\xbf\r\n" + body) == reply


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_json_is_read_behind_a_mark(encoding: str) -> None:
    assert decode_reply('{"ResponseCode":15}'.encode(encoding)).code == "15"


def test_xml_in_utf_16_is_read() -> None:
    text = sample("deck_reply_new.xml").decode()

    assert decode_reply(text.encode("utf-16")) == LinkReply("0", "Linked")


def test_a_message_is_cut_at_500_characters() -> None:
    body = b'{"ResponseCode":7,"Message":"%s"}' % (b"x" * 5_000)

    assert decode_reply(body).message == "x" * 500


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b'{"Message":"An error has occurred."}', "it reads: An error has occurred."),
        (
            b'{"Message":"The request is invalid.","ModelState":{"a":["b"]}}',
            "no ResponseCode; it reads: The request is invalid.",
        ),
        (
            b"<Error><Message>No HTTP resource was found.</Message></Error>",
            "no ResponseCode; it reads: No HTTP resource was found.",
        ),
        (b'{"Message":"%s"}' % (b"x" * 999), "it reads: " + "x" * 200),
        (b'{"ResponseCode":null}', "no ResponseCode"),
        (b'{"ResponseCode":true}', "no ResponseCode"),
        (b"<R><ResponseCode/></R>", "no ResponseCode"),
        (b"<R><ResponseCode>0<b/></ResponseCode></R>", "no ResponseCode"),
        (
            b"<R><ResponseCode>7</ResponseCode><ResponseCode>0</ResponseCode></R>",
            "more than one ResponseCode",
        ),
        (b"<R><a><ResponseCode>0</ResponseCode></a></R>", "no ResponseCode"),
        (b'{"a":{"ResponseCode":0}}', "no ResponseCode"),
        (b"<R>" + b"<a/>" * 40_000 + b"</R>", "at most 131072 allowed"),
        (b'{"a":"' + b"x" * 131_072 + b'"}', "at most 131072 allowed"),
        (b"<!DOCTYPE html><html></html>", "an HTML page"),
        (b"\n<HTML><body>Bad gateway</body></HTML>", "an HTML page"),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "DOCTYPE"),
        (b"", "empty"),
        (b'"0"', "must be an object"),
        (NEW[:20], "not JSON"),
        (sample("deck_reply_new.xml")[:-5], "not well-formed"),
    ],
)
def test_a_body_without_a_code_states_what_it_is(body: bytes, complaint: str) -> None:
    with pytest.raises(DecodeError) as refused:
        decode_reply(body)

    assert str(refused.value).startswith("DECK reply: ")
    assert str(refused.value).endswith(complaint) or complaint in str(refused.value)
    assert "x" * 201 not in str(refused.value)


@given(spoiled(NEW) | spoiled(sample("deck_reply_new.xml")) | st.binary(max_size=50))
def test_spoiled_bytes_give_a_reply_or_a_refusal(body: bytes) -> None:
    reply, refusal = reading(decode_reply, body)

    assert reply.code if reply else refusal.startswith("DECK reply: ")
