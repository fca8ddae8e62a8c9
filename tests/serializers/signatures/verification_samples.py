"""Notifications as they are sent, and the ways in which they arrive spoiled."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from serializers.ingram import encode
from serializers.signatures.request import Known, Received
from serializers.signatures.sign import hub_signature, webhook_signature

SENT = 1_795_229_562
MINE, OTHER = "acme-secret", "whsec_" + base64.b64encode(b"k" * 24).decode()
LINE = encode.NotificationLine("10", "6001", "IM::shipped", "é-1", "", "2.50", "2", "")
NOTIFICATION = encode.Notification(
    "H67AKWM0CX2EHT8WEJRXJ7MDDT",
    "2026-11-21T02:52:42.194Z",
    (encode.Resource("im::order_shipped", "SO-1", "PO/1", "", (LINE,)),),
)


def sent(
    shown: encode.Notification = NOTIFICATION, spelling: str = "schema", *secrets: str
) -> Received:
    """A notification with the headers that the product sends."""
    live = secrets or (MINE,)
    body = encode.encode(shown, spelling)
    return Received(
        {
            "x-hub-signature": hub_signature(live[0], shown.event_id),
            "webhook-id": shown.event_id,
            "webhook-timestamp": str(SENT),
            "webhook-signature": webhook_signature(live, shown.event_id, SENT, body),
        },
        body,
    )


KNOWN = Known((MINE,), at=SENT + 2.5)


def with_headers(of: Received, **headers: str) -> Received:
    """The same with other headers; `_` stands for `-`."""
    changed = {name.replace("_", "-"): text for name, text in headers.items()}
    return replace(of, headers={**of.headers, **changed})


def rewritten(body: bytes, **how: object) -> bytes:
    return json.dumps(json.loads(body), **how).encode()  # type: ignore[arg-type] # json's own options


def hub_by(key: bytes, message: bytes) -> str:
    mac = hmac.digest(key, message, hashlib.sha512)
    return base64.b64encode(mac).decode()


@dataclass(frozen=True, slots=True)
class Slip:
    """One way to spoil a delivery, and what has to be found."""

    header: str
    code: str
    spoil: Callable[[Received], Received]


def _body(change: Callable[[bytes], bytes]) -> Callable[[Received], Received]:
    return lambda of: replace(of, body=change(of.body))


def _as_hex(of: Received) -> Received:
    mac = base64.b64decode(of.header("x-hub-signature"))
    return with_headers(of, x_hub_signature=mac.hex())


def _bare(of: Received) -> Received:
    bare = of.header("webhook-signature").removeprefix("v1,")
    return with_headers(of, webhook_signature=bare)


def _prefixed(of: Received) -> Received:
    return with_headers(of, x_hub_signature=f"sha512={of.header('x-hub-signature')}")


def _milliseconds(of: Received) -> Received:
    return with_headers(of, webhook_timestamp=f"{SENT}194")


def _over_body(of: Received) -> Received:
    return with_headers(of, x_hub_signature=hub_by(MINE.encode(), of.body))


_HUB, _WEBHOOK = "x-hub-signature", "webhook-signature"

SLIPS = [
    Slip(_HUB, "hex", _as_hex),
    Slip(_HUB, "spelling", _prefixed),
    Slip(_HUB, "over_body", _over_body),
    Slip(_HUB, "event_id", _body(lambda b: b.replace(b'"eventId":"', b'"eventId":"X'))),
    Slip(_WEBHOOK, "trailing_newline", _body(lambda body: body + b"\n")),
    Slip(_WEBHOOK, "trailing_newline", _body(lambda body: body + b"\r\n")),
    Slip(_WEBHOOK, "byte_order_mark", _body(lambda body: b"\xef\xbb\xbf" + body)),
    Slip(_WEBHOOK, "reserialised", _body(lambda b: rewritten(b, indent=2))),
    Slip(_WEBHOOK, "reserialised", _body(lambda b: rewritten(b, ensure_ascii=True))),
    Slip(_WEBHOOK, "reserialised", _body(lambda b: rewritten(b, sort_keys=True))),
    Slip(_WEBHOOK, "changed", _body(lambda body: body.replace(b"6001", b"6002"))),
    Slip(_WEBHOOK, "spelling", _bare),
    Slip(_WEBHOOK, "milliseconds", _milliseconds),
    Slip(_WEBHOOK, "event_id", lambda of: with_headers(of, webhook_id="X")),
    Slip(_WEBHOOK, "changed", lambda of: with_headers(of, webhook_timestamp="17")),
    Slip(_WEBHOOK, "incomplete", lambda of: with_headers(of, webhook_id="")),
]
