"""Signer of notifications: Ingram Micro's signature, and Standard Webhooks'."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"


def hub_signature(secret: str, event_id: str, encoding: str = "base64") -> str:
    """Sign as Ingram Micro's developer portal describes: HMAC-SHA512 of the event id.

    The body is not signed: whoever has seen one signature can send any body
    under that id. `webhook_signature` stands beside it for that reason.

    Args:
        secret: the key; its UTF-8 bytes are used.
        event_id: the notification's `eventId`.
        encoding: "base64" is what Ingram sends; "hex" is what its sample permits.

    Raises:
        ValueError: another encoding.
    """
    digest = _hub_digest(secret, event_id)
    match encoding:
        case "base64":
            return base64.b64encode(digest).decode()
        case "hex":
            return digest.hex()
        case _:
            raise ValueError(f"a signature is base64 or hex, not {encoding!r}")


def webhook_signature(
    secrets: Sequence[str], message_id: str, timestamp: int, body: bytes
) -> str:
    """Sign as Standard Webhooks specify: "v1,…", one for each live secret.

    Args:
        secrets: each a text, or `whsec_` before a key in base64.
        message_id: the header webhook-id; the same for every attempt.
        timestamp: the header webhook-timestamp, in UTC seconds; of this attempt.
        body: the very bytes that are sent.

    Raises:
        ValueError: what follows a `whsec_` is not base64.
    """
    signed = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
    return " ".join(f"v1,{_webhook_digest(secret, signed)}" for secret in secrets)


def _hub_digest(secret: str, event_id: str) -> bytes:
    return hmac.digest(secret.encode(), event_id.encode(), hashlib.sha512)


def _webhook_digest(secret: str, signed: bytes) -> str:
    digest = hmac.digest(webhook_key(secret), signed, hashlib.sha256)
    return base64.b64encode(digest).decode()


def webhook_key(secret: str) -> bytes:
    """Take the key of Standard Webhooks from a secret.

    Padding may be missing, as the public libraries have it; the alphabet is the plain
    one, since they make different keys of the other.

    Raises:
        ValueError: what follows a `whsec_` is not base64, or nothing.
    """
    if not secret.startswith(PREFIX):
        return secret.encode()
    text = secret.removeprefix(PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        key = b""
    if not key:
        # Not from the cause, which states what the secret looks like.
        raise ValueError(f"after {PREFIX} a webhook secret must be base64")
    return key
