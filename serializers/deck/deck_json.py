"""DECK's order link as JSON."""

from serializers.deck.order_link import DOCUMENT, MEMBERS, OrderLink, link, members
from serializers.errors import DecodeError
from serializers.formats import strict_json


def encode(order_link: OrderLink) -> bytes:
    """Write the members in the order of DECK's help page; equal links, equal bytes.

    Raises:
        EncodeError: a text that JSON cannot carry.
    """
    return strict_json.dumps(members(order_link))


def decode(body: bytes) -> OrderLink:
    """Read the members by their exact names; null counts as absent.

    Raises:
        DecodeError: not strict JSON, no object, a member missing or no text.
    """
    value = strict_json.loads(body, document=DOCUMENT)
    if not isinstance(value, dict):
        raise DecodeError(f"{DOCUMENT}: must be an object")
    named = {}
    for name, _ in MEMBERS:
        match value.get(name):
            case None:
                continue
            case str() as text:
                named[name] = text
            case _:
                raise DecodeError(f"{DOCUMENT}: {name} must be a text")
    return link(named)
