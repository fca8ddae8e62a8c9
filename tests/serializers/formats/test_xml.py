"""XML from outside: neither growth nor a look around, in any encoding."""

from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.errors import DecodeError
from serializers.formats import xml
from tests.serializers.wire_samples import reading

BOMB = (
    '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">'
    '<!ENTITY z "&y;&y;&y;&y;">]><a>&z;</a>'
)
OUTSIDE = '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>'
PARAMETER = '<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]><a/>'


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, PARAMETER, "<!doctype html><a/>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_doctype_is_refused_in_every_encoding(text: str, encoding: str) -> None:
    with pytest.raises(DecodeError, match="note: holds a DOCTYPE"):
        xml.parse(text.encode(encoding), document="note")


def test_no_file_is_read_through_an_entity(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    text = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'

    with pytest.raises(DecodeError) as refused:
        xml.parse(text.encode(), document="note")

    assert "secret" not in str(refused.value)


def test_a_doctype_hidden_by_a_declared_encoding_is_not_found_by_the_parser() -> None:
    declared = b'<?xml version="1.0" encoding="utf-7"?>'
    hidden = declared + b"+ADwAIQ-DOCTYPE a+AD4-<a/>"

    with pytest.raises(DecodeError, match="not well-formed"):
        xml.parse(hidden, document="note")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"<a>", "not well-formed XML at line 1"),
        (b"<a/>\n<b/>", "not well-formed XML at line 2"),
        (b"<a>&nbsp;</a>", "not well-formed"),
        (b"<a>\0</a>", "not well-formed"),
        (b"<a>&#0;</a>", "not well-formed"),
        (b"<a>\xff</a>", "neither UTF-8 nor UTF-16"),
        (b"<a>" * 300 + b"</a>" * 300, "not well-formed"),
        (b"<a>" * 5_000 + b"</a>" * 5_000, "not well-formed"),
        (b"<a " + b"a='' " * 2 + b"/>", "not well-formed"),
        ("<a/>".encode("utf-32"), "not well-formed"),
        ("<a/>".encode("cp037"), "neither UTF-8 nor UTF-16"),
        (b"<a>" + b" " * 131_072 + b"</a>", "at most 131072"),
        (b"plain", "not well-formed"),
    ],
)
def test_what_is_no_plain_xml_is_refused(body: bytes, complaint: str) -> None:
    with pytest.raises(DecodeError) as refused:
        xml.parse(body, document="note")

    assert complaint in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_plain_xml_is_read_in_the_encodings_that_dotnet_writes(encoding: str) -> None:
    text = '<?xml version="1.0" encoding="utf-16"?>\n<a>é&amp;&#13;</a>'

    root = xml.parse(text.encode(encoding), document="note")

    assert (root.tag, root.text) == ("a", "é&\r")


@given(
    st.binary(max_size=120) | st.text("<>/a&;!?\"' []-é", max_size=60).map(str.encode)
)
def test_any_bytes_give_an_element_or_a_refusal(body: bytes) -> None:
    root, refusal = reading(partial(xml.parse, document="note"), body)

    if root is None:
        assert refusal.startswith("note: ")
    else:
        assert root.getroottree().docinfo.internalDTD is None
