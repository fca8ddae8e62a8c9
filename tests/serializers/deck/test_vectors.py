"""DECK's requests byte for byte, against what other programs have written.

The keys are sha256sum's, the JSON is jq's and node's, the form is node's
URLSearchParams; the XML's elements were sorted and escaped in node.
"""

from datetime import UTC, datetime
from typing import Final

import pytest
from lxml import etree

from serializers.deck.formats import FORMATS, OrderLink
from serializers.deck.history import HistoryQuery, encode_query
from serializers.deck.timestamp import timestamp_utc, verification_key

AT: Final = datetime(2027, 1, 5, 0, 7, 59, tzinfo=UTC)
API_KEY: Final = "k&y/1 ä"
ORDER, CUSTOMER = 'SO/1 "x" \\ <&>', "客户 😀+%=;"
TIMESTAMP: Final = "1/5/2027 00:07 AM"
LINK_KEY: Final = "D9E9930AE8C67B1AD54262BCF07C1E785D5766AE3D91B7044797CEB1289DF7A1"
HISTORY_KEY: Final = "C7AFD8BA1014AA1C08EBBF8A7F1DA6E867AA95B8E4518DA1414AA79579A091CC"

VECTORS: Final = {
    "json": (
        '{"SiteCode":"S-é","VerificationKey":"' + LINK_KEY + '",'
        '"TimestampUTC":"1/5/2027 00:07 AM","APIUsername":"o\'erp",'
        '"OrderNumber":"SO/1 \\"x\\" \\\\ <&>","CustomerID":"客户 😀+%=;"}'
    ),
    "xml": (
        '<OrderAssociationImportJson xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
        ' xmlns="http://schemas.datacontract.org/2004/07/DECK.WebApi.Controllers.OMS">'
        "<APIUsername>o'erp</APIUsername><CustomerID>客户 😀+%=;</CustomerID>"
        '<OrderNumber>SO/1 "x" \\ &lt;&amp;&gt;</OrderNumber><SiteCode>S-é</SiteCode>'
        "<TimestampUTC>1/5/2027 00:07 AM</TimestampUTC>"
        f"<VerificationKey>{LINK_KEY}</VerificationKey></OrderAssociationImportJson>"
    ),
    "form": (
        f"SiteCode=S-%C3%A9&VerificationKey={LINK_KEY}"
        "&TimestampUTC=1%2F5%2F2027+00%3A07+AM&APIUsername=o%27erp"
        "&OrderNumber=SO%2F1+%22x%22+%5C+%3C%26%3E"
        "&CustomerID=%E5%AE%A2%E6%88%B7+%F0%9F%98%80%2B%25%3D%3B"
    ),
}
HISTORY: Final = (
    '{"PageNumber":1,"PageSize":1,"CustomerID":null,'
    '"OrderNumber":"SO/1 \\"x\\" \\\\ <&>","VerificationKey":"' + HISTORY_KEY + '",'
    '"TimestampUTC":"1/5/2027 00:07 AM","SiteCode":"S-é","APIUsername":"o\'erp"}'
)

#: DECK's help page, letter by letter.
HELP_PAGE_JSON: Final = """{
  "SiteCode": "sample string 1",
  "VerificationKey": "sample string 2",
  "TimestampUTC": "sample string 3",
  "APIUsername": "sample string 4",
  "OrderNumber": "sample string 5",
  "CustomerID": "sample string 6"
}"""
HELP_PAGE_XML: Final = """\
<OrderAssociationImportJson xmlns:i="http://www.w3.org/2001/XMLSchema-instance" \
xmlns="http://schemas.datacontract.org/2004/07/DECK.WebApi.Controllers.OMS">
  <APIUsername>sample string 4</APIUsername>
  <CustomerID>sample string 6</CustomerID>
  <OrderNumber>sample string 5</OrderNumber>
  <SiteCode>sample string 1</SiteCode>
  <TimestampUTC>sample string 3</TimestampUTC>
  <VerificationKey>sample string 2</VerificationKey>
</OrderAssociationImportJson>"""
HELP_PAGE: Final = OrderLink(
    site_code="sample string 1",
    verification_key="sample string 2",
    timestamp_utc="sample string 3",
    api_username="sample string 4",
    order_number="sample string 5",
    customer_id="sample string 6",
)


def link() -> OrderLink:
    timestamp = timestamp_utc(AT)
    key = verification_key("/api/omsorderlinkaccount", timestamp, API_KEY)
    return OrderLink(ORDER, CUSTOMER, "S-é", "o'erp", timestamp, key)


def test_time_and_key_are_those_of_sha256sum() -> None:
    assert (link().timestamp_utc, link().verification_key) == (TIMESTAMP, LINK_KEY)


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_a_link_is_what_other_programs_write(name: str) -> None:
    body = VECTORS[name].encode()

    assert FORMATS[name].encode(link()) == body
    assert FORMATS[name].decode(body) == link()


def test_a_question_about_an_order_is_what_other_programs_write() -> None:
    timestamp = timestamp_utc(AT)
    key = verification_key("/api/omsorderhistory", timestamp, API_KEY)

    body = encode_query(HistoryQuery(ORDER, "S-é", "o'erp", timestamp, key))

    assert body.decode() == HISTORY


def test_decks_help_page_is_read_in_both_formats() -> None:
    assert FORMATS["json"].decode(HELP_PAGE_JSON.encode()) == HELP_PAGE
    assert FORMATS["xml"].decode(HELP_PAGE_XML.encode()) == HELP_PAGE


def test_what_is_written_is_the_help_page_without_its_layout() -> None:
    plain = etree.XMLParser(remove_blank_text=True)
    page = etree.tostring(etree.fromstring(HELP_PAGE_XML, plain), method="c14n2")

    ours = etree.fromstring(FORMATS["xml"].encode(HELP_PAGE))

    assert etree.tostring(ours, method="c14n2") == page
    # The canonical form leaves out a namespace that nothing is in; .NET does not.
    assert ours.nsmap == etree.fromstring(HELP_PAGE_XML).nsmap
