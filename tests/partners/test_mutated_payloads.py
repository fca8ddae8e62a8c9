"""What partners send, mutated thousands of times: read for what it states, or refused.

No decoder raises anything but a DecodeError, and none finds a success, a line's end or
a customer in what does not state it.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from serializers import oauth
from serializers.deck import history, reply
from serializers.errors import DecodeError
from serializers.westcon import gateway_error, shipment_detail
from serializers.westcon.reply import decode_reply
from tests.partners.mutations import mutated
from workers.partners.deck.signed_call import SUCCESSES

#: Of each payload: as many as a quick run has time for, and what a partner is owed.
FEW, MANY = 300, 5_000

WESTCON = {
    "orderStatus": [
        {
            "eRPOrderNumber": "0060012345",
            "eRPOrderLineNumber": "000010",
            "customerOrderNumber": "PO-7",
            "customerLineNumber": "1",
            "eRPProductNumber": "IM-1",
            "lineQuantity": "         2.000",
            "lineStatusCode": status,
            "statusDate": "20260301",
            "shipDate": "20260301",
            "billingDocument": "0000000000",
        }
        for status in ("SCH", "BOR")
    ]
}
PARCELS = {
    "MT_OrderTrack_Response": {
        "OrderStatus": {
            "eRPOrderNumber": "0060012345",
            "OrderTracking": [{"trackingNo": "1Z1", "carrier": "UPS"}],
            "OrderSerialNum": [{"manufSerialNo": "S-1"}],
        }
    }
}
REFUSED = {"ResponseCode": 7, "Message": "no such site", "CorrelationId": "c-1"}
HISTORY = {
    "ResponseCode": 7,
    "Message": "",
    "OrderDetails": [{"OrderNumber": "D-1", "CustomerID": "C-2"}],
}
TOKEN = {"error": "invalid_client", "error_description": "AADSTS7000215: no"}
GATEWAY = {"statusCode": 401, "message": "Access denied due to missing key."}


def _lines(body: bytes) -> None:
    lines = decode_reply(body)
    # Nothing has ended in the payload, so nothing has in what becomes of it.
    assert not {"SHI", "INV", "REJ"} & {line.status for line in lines}
    assert all(type(line.status) is str for line in lines)


def _parcels(body: bytes) -> None:
    found = shipment_detail.decode_detail(body)
    assert all(one.tracking_number for one in found.parcels)


def _link(body: bytes) -> None:
    answer = reply.decode_reply(body)
    # A refusal never becomes a success, but where the code itself was mutated to one.
    if answer.code in SUCCESSES:
        assert _states_success(body)


def _customers(body: bytes) -> None:
    found = history.decode_history(body, "D-1")
    assert "C-1" not in found.customers


def _token(body: bytes) -> None:
    oauth.decode_token_error(body)
    found = oauth.decode_token(body)
    assert found.access_token in body.decode(errors="replace")


def _gateway(body: bytes) -> None:
    found = gateway_error.decode_gateway_error(body)
    assert not found.quota


def _states_success(body: bytes) -> bool:
    """Whether some member that is a code stands for one that DECK calls a success."""
    value = json.loads(body.decode(json.detect_encoding(body)))
    return any(_is_success(one) for one in _codes(value))


def _codes(value: Any) -> Iterator[Any]:
    members = value.items() if isinstance(value, dict) else ()
    yield from (v for name, v in members if name.lower() == "responsecode")


def _is_success(code: Any) -> bool:
    return reply.code_of(code) in SUCCESSES


DECODERS: dict[str, tuple[Any, Callable[[bytes], None]]] = {
    "westcon order status": (WESTCON, _lines),
    "westcon shipment detail": (PARCELS, _parcels),
    "westcon gateway": (GATEWAY, _gateway),
    "deck reply": (REFUSED, _link),
    "deck history": (HISTORY, _customers),
    "token": (TOKEN, _token),
}


def _try(name: str, seeds: range) -> None:
    payload, decode = DECODERS[name]
    for seed in seeds:
        done, body = mutated(payload, seed)
        try:
            decode(body)
        except DecodeError:
            continue
        except Exception as error:
            error.add_note(f"{name}, seed {seed} ({done}): {body!r}")
            raise


@pytest.mark.parametrize("name", DECODERS)
def test_a_mutated_payload_is_read_for_what_it_states_or_refused(name: str) -> None:
    _try(name, range(FEW))


@pytest.mark.long
@pytest.mark.parametrize("name", DECODERS)
def test_so_are_thousands_of_them(name: str) -> None:
    _try(name, range(FEW, FEW + MANY))


def test_mutations_are_of_every_kind_and_are_repeated_by_their_seed() -> None:
    made = [mutated(WESTCON, seed) for seed in range(FEW)]

    words = {word for done, _ in made for word in done.split()}
    assert words >= {"dropped", "renamed", "retyped", "nested", "added", "truncated"}
    assert words >= {"utf-8", "latin-1", "utf-16"}
    assert made == [mutated(WESTCON, seed) for seed in range(FEW)]
    assert len({body for _, body in made}) > FEW * 0.7
