"""Whether a delivery is signed by who knows the receiver's secret."""

import time
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from hmac import compare_digest, digest

#: Standard Webhooks' tolerance for the clock, in seconds.
_CLOCK_WINDOW = 300


def objection(
    headers: Mapping[str, str], body: bytes, event_id: str, secrets: Sequence[str]
) -> str:
    """Why a delivery cannot be trusted; "" when it can.

    Ingram's header signs the event id alone and is always needed. Standard
    Webhooks' three headers are checked as soon as one of them is there.
    """
    signature = headers.get("x-hub-signature", "")
    if not signature:
        return "x-hub-signature is missing"
    if not any(_hub(secret, event_id, signature) for secret in secrets):
        return "x-hub-signature is wrong"
    if not any(name.startswith("webhook-") for name in headers):
        return ""
    return _webhook_objection(headers, body, secrets)


def _hub(secret: str, event_id: str, signature: str) -> bool:
    mac = digest(secret.encode(), event_id.encode(), "sha512")
    return _same(signature, b64encode(mac).decode()) or _same(signature, mac.hex())


def _webhook_objection(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str]
) -> str:
    sent_at = headers.get("webhook-timestamp", "")
    if not sent_at.isascii() or not sent_at.isdigit():
        return "webhook-timestamp is no number"
    if abs(time.time() - int(sent_at)) > _CLOCK_WINDOW:
        return "webhook-timestamp is too far from now"
    signed = f"{headers.get('webhook-id', '')}.{sent_at}.".encode() + body
    given = headers.get("webhook-signature", "").split()
    for secret in secrets:
        mac = b64encode(digest(_key(secret), signed, "sha256")).decode()
        if any(_same(one, f"v1,{mac}") for one in given):
            return ""
    return "webhook-signature is wrong"


def _key(secret: str) -> bytes:
    prefix = "whsec_"
    if secret.startswith(prefix):
        return b64decode(secret.removeprefix(prefix) + "==")
    return secret.encode()


def _same(given: str, expected: str) -> bool:
    return compare_digest(given.encode(), expected.encode())
