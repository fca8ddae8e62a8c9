"""What we write is what DECK's stand-in reads, which shares no code with us."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.partners.deck.api import verification_key as judged_key
from sandbox.partners.deck.binding import bound, format_of
from serializers.deck.formats import FORMATS, OrderLink
from serializers.deck.timestamp import verification_key
from tests.serializers.wire_samples import TEXTS

NAMES = st.sampled_from(sorted(FORMATS))


@given(st.builds(OrderLink, *[TEXTS] * 6), NAMES)
def test_a_link_is_read_as_it_was_meant(link: OrderLink, name: str) -> None:
    format_ = FORMATS[name]

    model = bound(str(format_of(format_.content_type)), format_.encode(link))

    assert model == {
        "SiteCode": link.site_code,
        "VerificationKey": link.verification_key,
        "TimestampUTC": link.timestamp_utc,
        "APIUsername": link.api_username or None,
        "OrderNumber": link.order_number,
        "CustomerID": link.customer_id,
    }


@given(TEXTS, TEXTS)
def test_a_key_is_the_one_that_is_judged_by(timestamp: str, key: str) -> None:
    path = "api/omsorderlinkaccount"

    assert verification_key(f"/{path}", timestamp, key) == judged_key(
        path, timestamp, key
    )
