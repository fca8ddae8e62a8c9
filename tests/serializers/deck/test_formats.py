"""DECK's order link: the same value in three formats, byte for byte."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serializers.deck.formats import FORMATS, OrderLink
from serializers.errors import DecodeError, EncodeError
from tests.serializers.wire_samples import TEXTS, reading, sample, spoiled

LINK = OrderLink(
    order_number="SO-1 & <Co>",
    customer_id="Müller",
    site_code="SITE-1",
    api_username="erp",
    timestamp_utc="9/2/2024 15:17 PM",
    verification_key=(
        "F7907A91DC68942AB1413B445C777831B33C106CBA22769F65460A84347FC72B"
    ),
)
GOLDEN = {
    "json": sample("deck_request.json"),
    "xml": sample("deck_request.xml"),
    "form": sample("deck_request.form"),
}
LINKS = st.builds(OrderLink, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS)
NAMES = st.sampled_from(sorted(FORMATS))

#: XML 1.0, production 2: what a document may hold.
XML_RANGES = ((0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
XML_TEXTS = st.text(
    st.sampled_from("\t\n\r")
    | st.one_of(
        *(st.characters(min_codepoint=a, max_codepoint=z) for a, z in XML_RANGES)
    ),
    max_size=20,
)
#: Its complement, without halves of surrogate pairs, which no format carries.
NOT_XML = st.sampled_from(
    [chr(n) for n in range(0x20) if chr(n) not in "\t\n\r"] + ["\ufffe", "\uffff"]
)
MEMBERS = {
    "order_number": "OrderNumber",
    "customer_id": "CustomerID",
    "site_code": "SiteCode",
    "api_username": "APIUsername",
    "timestamp_utc": "TimestampUTC",
    "verification_key": "VerificationKey",
}


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_a_link_is_written_and_read_as_the_golden_bytes(name: str) -> None:
    assert FORMATS[name].encode(LINK) == GOLDEN[name]
    assert FORMATS[name].decode(GOLDEN[name]) == LINK


def test_xml_states_nil_for_an_absent_user() -> None:
    link = replace(LINK, api_username="")
    golden = sample("deck_request_without_username.xml")

    assert FORMATS["xml"].encode(link) == golden
    assert FORMATS["xml"].decode(golden) == link


@pytest.mark.parametrize("name", ["json", "form"])
def test_the_other_formats_leave_an_absent_user_out(name: str) -> None:
    link = replace(LINK, api_username="")

    body = FORMATS[name].encode(link)

    assert b"APIUsername" not in body
    assert FORMATS[name].decode(body) == link


@given(LINKS, NAMES)
def test_every_link_survives_every_format(link: OrderLink, name: str) -> None:
    body = FORMATS[name].encode(link)

    assert FORMATS[name].decode(body) == link
    assert FORMATS[name].encode(replace(link)) == body


@given(st.builds(OrderLink, *[XML_TEXTS] * 6), NAMES)
def test_whatever_xml_may_hold_survives_every_format(
    link: OrderLink, name: str
) -> None:
    assert FORMATS[name].decode(FORMATS[name].encode(link)) == link


@given(st.sampled_from(sorted(MEMBERS)), XML_TEXTS, NOT_XML, XML_TEXTS)
def test_whatever_xml_may_not_hold_is_refused_with_the_fields_name(
    field: str, before: str, bad: str, after: str
) -> None:
    link = replace(LINK, **{field: before + bad + after})

    with pytest.raises(EncodeError) as refused:
        FORMATS["xml"].encode(link)

    assert refused.value.field == MEMBERS[field]
    assert bad not in str(refused.value)


@given(LINKS, LINKS, NAMES)
def test_different_links_give_different_bytes(
    one: OrderLink, other: OrderLink, name: str
) -> None:
    bodies = [FORMATS[name].encode(link) for link in (one, other)]

    assert (bodies[0] == bodies[1]) == (one == other)


def test_a_comment_does_not_end_a_text() -> None:
    body = GOLDEN["xml"].replace(b">erp<", b">e<!-- -->r<?a b?>p<")

    assert FORMATS["xml"].decode(body) == LINK


@pytest.mark.parametrize("text", ["a\0b", "a\x1bb", "a\ufffeb"])
def test_what_xml_cannot_carry_is_named_by_its_field(text: str) -> None:
    with pytest.raises(EncodeError, match="CustomerID") as refused:
        FORMATS["xml"].encode(replace(LINK, customer_id=text))

    assert refused.value.field == "CustomerID"
    assert text not in str(refused.value)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_half_a_surrogate_pair_is_named_by_its_field(name: str) -> None:
    with pytest.raises(EncodeError, match="OrderNumber") as refused:
        FORMATS[name].encode(replace(LINK, order_number="\udc80"))

    assert refused.value.field == "OrderNumber"


def test_a_verification_key_is_not_shown() -> None:
    assert LINK.verification_key not in repr(LINK)


def test_an_element_that_dotnet_would_drop_in_silence_is_refused() -> None:
    late = GOLDEN["xml"].replace(b"<APIUsername>erp</APIUsername>", b"")
    late = late.replace(b"</OrderA", b"<APIUsername>erp</APIUsername></OrderA")

    with pytest.raises(DecodeError, match="out of order"):
        FORMATS["xml"].decode(late)


@pytest.mark.parametrize(
    ("name", "body", "complaint"),
    [
        ("json", b"[]", "must be an object"),
        ("json", b'{"SiteCode": 1}', "SiteCode must be a text"),
        ("json", b'{"SiteCode": "a", "CustomerID": null}', "CustomerID missing"),
        ("xml", b"<OrderAssociationImportJson/>", "another root element or namespace"),
        ("xml", GOLDEN["xml"].replace(b"CustomerID", b"Customer"), "does not know"),
        ("xml", GOLDEN["xml"].replace(b"OMS", b"WMS"), "namespace"),
        (
            "xml",
            GOLDEN["xml"]
            .replace(b"<CustomerID>", b'<CustomerID i:nil="true">')
            .replace("Müller".encode(), b""),
            "CustomerID missing",
        ),
        ("form", b"SiteCode=%ff", "not a URL-encoded form"),
        ("form", b"SiteCode", "not a URL-encoded form"),
        ("form", b"SiteCode=a&SiteCode=b", "given twice"),
        ("form", b"SiteCode=a", "CustomerID missing"),
        ("form", b"", "missing"),
    ],
)
def test_another_body_is_refused(name: str, body: bytes, complaint: str) -> None:
    with pytest.raises(DecodeError) as refused:
        FORMATS[name].decode(body)

    assert complaint in str(refused.value)


@given(NAMES.flatmap(lambda name: st.tuples(st.just(name), spoiled(GOLDEN[name]))))
def test_spoiled_bytes_give_a_link_or_a_refusal(case: tuple[str, bytes]) -> None:
    name, body = case

    link, refusal = reading(FORMATS[name].decode, body)

    assert link is not None or refusal.startswith("DECK order link: ")
