"""DECK's order link as a URL-encoded form."""

from urllib.parse import parse_qsl, urlencode

from serializers.deck.order_link import DOCUMENT, MEMBERS, OrderLink, link, members
from serializers.errors import DecodeError


def encode(order_link: OrderLink) -> bytes:
    """Write the members in the order of DECK's help page; equal links, equal bytes.

    Raises:
        EncodeError: a text that UTF-8 cannot carry.
    """
    return urlencode(members(order_link)).encode("ascii")


def decode(body: bytes) -> OrderLink:
    """Read the members by their exact names.

    Raises:
        DecodeError: not a form in UTF-8, a member missing or given twice.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=len(MEMBERS),
        )
    except ValueError:
        # From None: the cause would carry the document.
        raise DecodeError(f"{DOCUMENT}: not a URL-encoded form") from None
    named = dict(pairs)
    if len(named) != len(pairs):
        raise DecodeError(f"{DOCUMENT}: a member is given twice")
    return link(named)
